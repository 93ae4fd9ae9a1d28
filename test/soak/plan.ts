import { Random } from './random.ts'

/** How often each kind of operation comes in a round. */
const ROUND = {
  pull: 4,
  'pull-direct': 2,
  tags: 2,
  missing: 2,
  'push-chunked': 3,
  'push-monolithic': 2,
  'push-one-post': 1,
  mount: 1,
  'early-refusal': 1,
  'slow-writer': 1,
  'slow-reader': 1,
  'leave-upload': 1,
  'leave-download': 1,
  'leave-before-answer': 1,
  'half-open': 1,
} as const

export type Kind = keyof typeof ROUND

/** What goes wrong upstream with one request of one operation. */
export const MISHAPS = [
  'server-error',
  'unavailable',
  'throttled',
  'reset',
  'reset-twice',
  'cut-upload',
  'cut-answer',
  'late',
  'late-answer',
  'refused-401',
  'refused-403',
] as const

export type Mishap = (typeof MISHAPS)[number]

/** What one operation is. It follows from the seed and the operation's number alone. */
export interface Plan {
  kind: Kind
  mishap: Mishap | undefined
  /** Requests of the operation that the mishap lets pass first. */
  mishapAfter: number
  random: Random
}

// A kind that leaves brings the fault that it needs itself; these may meet any.
const WITHOUT_MISHAP = new Set<Kind>(['leave-upload', 'leave-download', 'leave-before-answer', 'half-open'])
/** One operation in so many meets a mishap. */
const MISHAP_EVERY = 3
const LAST_REQUEST = 4

export const KINDS = Object.keys(ROUND) as Kind[]
const DECK = KINDS.flatMap((kind) => Array.from({ length: ROUND[kind] }, () => kind))

/** The plan of the operation with this number, from 0. Every kind comes in each round, in an order of chance. */
export function planOf(seed: number, number: number): Plan {
  const round = Math.floor(number / DECK.length)
  const kind = new Random(seed, round, 1).shuffled(DECK)[number % DECK.length] ?? 'pull'
  const random = new Random(seed, number, 2)
  const meets = !WITHOUT_MISHAP.has(kind) && random.between(1, MISHAP_EVERY) === 1
  const mishap = random.pick(MISHAPS)
  const mishapAfter = random.between(0, LAST_REQUEST)
  return { kind, mishap: meets ? mishap : undefined, mishapAfter, random }
}
