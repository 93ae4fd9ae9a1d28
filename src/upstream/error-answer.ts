import { isThrottling } from './retry-policy.ts'
import { answer } from '../client/answer.ts'
import type { Call } from '../client/call.ts'
import { RETRY_AFTER_SECONDS } from '../limits.ts'
import { headerValue, withoutHeaders } from '../registry/headers.ts'
import type { RegistryRequest } from '../registry/request.ts'
import type { PublicHead } from '../registry/response-head.ts'
import { publicErrorBody } from '../registry/upstream-error.ts'
import type { ForwardLog } from './forwarder.ts'

// They describe a body that is written anew.
const OF_THE_BODY = new Set(['content-type', 'content-length', 'content-encoding', 'etag', 'transfer-encoding'])

/** Answers an upstream's error as a registry error, without ARNs and account ids, which go to the log instead (docs/request-handling.md: 20). */
export function deliverError(
  request: RegistryRequest,
  call: Call,
  head: PublicHead,
  body: string,
  log: ForwardLog,
): void {
  const { status } = head
  const { body: shown, told } = publicErrorBody(status, body, request)
  const about = { upstreamStatus: status, upstreamErrors: told }
  if (status >= 500) log.warn(about, 'upstream answered an error')
  // 404 is an everyday answer: every push asks for layers that are not there yet.
  else if (status !== 404) log.info(about, 'upstream answered an error')
  const headers = withoutHeaders(head.headers, OF_THE_BODY)
  if (isThrottling(status) && headerValue(headers, 'retry-after') === undefined) {
    headers.push('Retry-After', String(RETRY_AFTER_SECONDS))
  }
  headers.push('Content-Type', 'application/json')
  answer(call, status, headers, shown)
}
