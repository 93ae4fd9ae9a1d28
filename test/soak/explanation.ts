import type { Mishap } from './plan.ts'

/** What kind of request it was, as far as that decides whether the proxy may send it again. */
export type Step =
  /** GET. */
  | 'read'
  | 'head'
  /** POST without a body. */
  | 'start'
  /** PUT without a body, which ends an upload. */
  | 'close'
  /** A streamed body. */
  | 'stream'
  /** PUT of a manifest. */
  | 'manifest'

/** What goes on with the whole upstream for a while. */
export const WEATHERS = [
  'revoked-401',
  'revoked-403',
  'outage',
  'api-throttled',
  'api-denied',
  'closing',
  'server-errors',
  'throttling',
] as const

export type Weather = (typeof WEATHERS)[number]

export type Failure =
  | { kind: 'status'; status: number }
  /** The answer broke off, or the connection closed without one. */
  | { kind: 'broken' }
  /** No answer in time. */
  | { kind: 'late' }
  /** A whole answer that is not right: other bytes, another digest, a header missing. */
  | { kind: 'wrong' }

export interface Circumstances {
  step: Step
  /** The mishap that hit this very request; undefined when none did. */
  mishap: Mishap | undefined
  /** What went on at any time while the request was under way. */
  weathers: ReadonlySet<Weather>
}

type Allowed = number | 'broken'

const STEPS: readonly Step[] = ['read', 'head', 'start', 'close', 'stream', 'manifest']

/** Failures that a mishap explains, by the step that met it. What the proxy sends again must succeed, so it is not here. */
const BY_MISHAP: Readonly<Record<Mishap, Partial<Record<Step, readonly Allowed[]>>>> = {
  'server-error': forAll(500),
  unavailable: forAll(503),
  throttled: forAll(429),
  reset: { close: [502], stream: [502] },
  // A manifest has three tries.
  'reset-twice': { read: [502], head: [502], start: [502], close: [502], stream: [502] },
  'cut-upload': { close: [502], stream: [502] },
  // An error that breaks off is 502; anything else that does breaks off for the client, too.
  'cut-answer': { read: ['broken', 502], start: [502], close: [502], stream: [502], manifest: [502] },
  late: {},
  'late-answer': {},
  'refused-401': { stream: [503] },
  // A HEAD's 403 has no body that tells an expired token from a denial.
  'refused-403': { stream: [503], head: [403] },
}

const REFUSALS = new Set<Mishap>(['refused-401', 'refused-403'])
/** They make the proxy send a request again. */
const REPEATED = new Set<Mishap>(['reset', 'reset-twice', 'cut-upload', 'throttled', 'unavailable', ...REFUSALS])

/** Whether a failure follows from what was done to the upstream. What is late or wrong never does. */
export function isExplained(failure: Failure, { step, mishap, weathers }: Circumstances): boolean {
  if (failure.kind === 'late' || failure.kind === 'wrong') return false
  const got = failure.kind === 'broken' ? 'broken' : failure.status
  if (mishap !== undefined && BY_MISHAP[mishap][step]?.includes(got) === true) return true
  // Bursts that hit anybody.
  if (weathers.has('server-errors') && got === 500) return true
  if (weathers.has('throttling') && got === 429) return true
  // Every try after the mishap may have met a connection that was closing.
  if (mishap !== undefined && REPEATED.has(mishap) && weathers.has('closing') && got === 502) return true
  // Refused, and no other token to be had.
  const apiFails = weathers.has('api-throttled') || weathers.has('api-denied')
  if (mishap !== undefined && REFUSALS.has(mishap) && apiFails && got === 503) return true
  const noToken = weathers.has('revoked-401') || weathers.has('revoked-403') || weathers.has('outage')
  if (noToken && got === 503) return true
  // A POST that was closed twice, and whose repository cannot be asked for.
  const noAnswers = noToken || weathers.has('server-errors') || weathers.has('throttling')
  if (noAnswers && step === 'start' && got === 502) return true
  return weathers.has('revoked-403') && step === 'head' && got === 403
}

function forAll(status: number): Partial<Record<Step, readonly Allowed[]>> {
  return Object.fromEntries(STEPS.map((step) => [step, [status]]))
}
