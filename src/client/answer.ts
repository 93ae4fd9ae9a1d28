import { errorBody, type RegistryError } from '../registry/errors.ts'
import type { Call } from './call.ts'
import { endAnswer } from './linger.ts'

/** Writes a whole short answer. Content-Length is written here. */
export function answer(call: Call, status: number, headers: readonly string[], body: string): void {
  const { incoming, outgoing, record } = call
  if (outgoing.headersSent) {
    // Too late for another answer: a broken transfer is the only honest one.
    outgoing.destroy()
    return
  }
  const bytes = Buffer.from(body)
  outgoing.writeHead(status, [...headers, 'Content-Length', String(bytes.length), ...call.ownHeaders()])
  if (incoming.method !== 'HEAD') {
    outgoing.write(bytes)
    record.bytesOut += bytes.length
  }
  endAnswer(call)
}

/** Of an answer of the registry API that is made here. */
export const API_HEADERS: readonly string[] = [
  'Content-Type',
  'application/json',
  'Docker-Distribution-Api-Version',
  'registry/2.0',
]

/** Answers a registry error (OCI distribution spec, "Error Codes"). */
export function answerError(call: Call, error: RegistryError): void {
  const headers = [...API_HEADERS]
  if (error.retryAfterSeconds !== undefined) headers.push('Retry-After', String(error.retryAfterSeconds))
  if (error.allow !== undefined) headers.push('Allow', error.allow.join(', '))
  answer(call, error.status, headers, errorBody(error.code, error.message))
}
