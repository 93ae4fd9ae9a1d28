/** What a request came to, from the best to the worst; the last group must never be seen. */
export const CLASSES = [
  'right',
  'registry error',
  'broken transfer',
  'no connection',
  'no answer',
  'forbidden',
] as const

export type OutcomeClass = (typeof CLASSES)[number]

/** How many requests came to what: 'right', '503 UNAVAILABLE', 'broken transfer' … */
export type Seen = Record<string, number>

const REGISTRY_ERROR = /^([45]\d\d) [A-Z_]+$/
// They would ask for a password, or end a push at once, for what is none of the client's business.
const NEVER_OURS = new Set(['401', '403'])

/** The class of an outcome. Whatever is not known to be harmless is forbidden: other bytes, a short body, a bare error. */
export function classOf(outcome: string): OutcomeClass {
  const known = CLASSES.find((each) => each === outcome)
  if (known !== undefined) return known
  const [, status] = REGISTRY_ERROR.exec(outcome) ?? []
  return status === undefined || NEVER_OURS.has(status) ? 'forbidden' : 'registry error'
}

/** The worst that was seen. */
export function worstOf(seen: Seen): OutcomeClass {
  return Object.keys(seen)
    .map((outcome) => classOf(outcome))
    .reduce<OutcomeClass>((worst, each) => (CLASSES.indexOf(each) > CLASSES.indexOf(worst) ? each : worst), 'right')
}

/** Whether a class is worse than another. */
export function isWorse(one: OutcomeClass, other: OutcomeClass): boolean {
  return CLASSES.indexOf(one) > CLASSES.indexOf(other)
}

/** The name of an error's answer: its status and code when it is a registry error, else something forbidden. */
export function errorOutcome(status: number, contentType: string | undefined, body: string): string {
  const code = /^application\/json\b/.test(contentType ?? '') ? codeOf(body) : undefined
  return code === undefined ? `${status} without a registry error` : `${status} ${code}`
}

function codeOf(body: string): string | undefined {
  try {
    const { errors }: { errors?: { code?: unknown }[] } = JSON.parse(body)
    const code = errors?.[0]?.code
    return typeof code === 'string' ? code : undefined
  } catch {
    return undefined
  }
}
