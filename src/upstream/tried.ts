import { tokenVerdict } from '../ecr/refusal.ts'
import { headerValue } from '../registry/headers.ts'
import type { RegistryRequest } from '../registry/request.ts'
import type { Exchange, ResponseHead } from './exchange.ts'
import { isClosedWithoutAnswer } from './failure.ts'
import type { TryOutcome } from './retry-policy.ts'

/** One try: an answer whose error body, if it is an error, has been read; or the reason why there is none. */
export type Tried =
  | { exchange: Exchange; head: ResponseHead; errorBody: string | undefined }
  | { error: unknown; answerBegan: boolean }

/** What a try means for what follows. */
export function outcome(request: RegistryRequest, tried: Tried): TryOutcome {
  if ('error' in tried) {
    return { kind: !tried.answerBegan && isClosedWithoutAnswer(tried.error) ? 'closed' : 'failed' }
  }
  const { status, headers } = tried.head
  const verdict = status < 400 ? 'accepted' : tokenVerdict(request.method, status, tried.errorBody ?? '')
  return { kind: 'answer', status, verdict, retryAfterSeconds: seconds(headerValue(headers, 'retry-after')) }
}

/** Why a try was no success; for the log. */
export function reason(tried: Tried): unknown {
  return 'error' in tried ? tried.error : new Error(`the upstream answered ${tried.head.status}`)
}

/** Retry-After in seconds; its date form is not worth waiting for. */
function seconds(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,6}$/.test(text) ? Number(text) : undefined
}
