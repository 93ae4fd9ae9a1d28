import { errorCode } from '../error-code.ts'
import { UploadStalledError } from '../client/upload-body.ts'
import { RegistryError } from '../registry/errors.ts'
import { errors } from './undici.ts'

/** Whether the connection ended before a response head came: what a closing keep-alive connection looks like, too. */
export function isClosedWithoutAnswer(error: unknown): boolean {
  if (error instanceof errors.SocketError) return true
  return errorCode(error) === 'ECONNRESET' || errorCode(error) === 'EPIPE'
}

/** What a client is told of a failed exchange. Addresses and causes stay in the log (docs/request-handling.md: 15). */
export function upstreamFailure(error: unknown): RegistryError {
  if (error instanceof RegistryError) return error
  if (error instanceof UploadStalledError) return stalled(error)
  if (error instanceof errors.HeadersTimeoutError || error instanceof errors.BodyTimeoutError) {
    return new RegistryError(504, 'UNAVAILABLE', 'the upstream registry did not answer in time', { cause: error })
  }
  if (error instanceof errors.ConnectTimeoutError || errorCode(error) === 'ETIMEDOUT') {
    return new RegistryError(504, 'UNAVAILABLE', 'the upstream registry could not be reached in time', { cause: error })
  }
  if (isClosedWithoutAnswer(error)) {
    return new RegistryError(502, 'UNAVAILABLE', 'the upstream registry closed the connection without an answer', {
      cause: error,
    })
  }
  return new RegistryError(502, 'UNAVAILABLE', 'the upstream registry could not be reached', { cause: error })
}

function stalled(error: UploadStalledError): RegistryError {
  return error.side === 'client'
    ? new RegistryError(408, 'BLOB_UPLOAD_INVALID', 'the request body stopped coming', { cause: error })
    : new RegistryError(504, 'UNAVAILABLE', 'the upstream registry stopped taking the request body', { cause: error })
}
