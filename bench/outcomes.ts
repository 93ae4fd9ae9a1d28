/** What became of a request. */
export type Fate = 'accepted' | 'shed' | 'failed'

const FATES: readonly Fate[] = ['accepted', 'shed', 'failed']

/**
 * What became of the requests of a stretch. In columns of numbers: with an object for each, and a promise, V8's collections stopped
 * the load generator for up to 17 ms, and what came due meanwhile was measured as slow (docs/performance.md).
 */
export class Outcomes {
  /** By how much each visit was started later than it was due, in milliseconds: the fault of the load generator. */
  readonly lateMs: number[] = []
  /** What was asked and what was the answer, of those that failed. */
  readonly failures: string[] = []
  /** How many visits had all that they came for. */
  whole = 0
  readonly #dueAt: Float64Array
  readonly #latency: Float64Array
  readonly #fate: Uint8Array
  #length = 0

  constructor(capacity: number) {
    this.#dueAt = new Float64Array(capacity)
    this.#latency = new Float64Array(capacity)
    this.#fate = new Uint8Array(capacity)
  }

  get length(): number {
    return this.#length
  }

  /** `dueAt` is in milliseconds since the first request was due, `latency` counts from then until the answer was there whole. */
  add(dueAt: number, latency: number, fate: Fate, failure?: string): void {
    if (this.#length === this.#dueAt.length) throw new RangeError(`more than ${this.#length} outcomes`)
    this.#dueAt[this.#length] = dueAt
    this.#latency[this.#length] = latency
    this.#fate[this.#length] = FATES.indexOf(fate)
    this.#length += 1
    if (failure !== undefined) this.failures.push(failure)
  }

  count(fate: Fate): number {
    return this.#where(fate).length
  }

  /** Of what was accepted of the requests due since `from`, in milliseconds. */
  latencies(from = 0): number[] {
    return this.#where('accepted', from).map((i) => this.#latency[i] ?? Number.NaN)
  }

  /** When the last one with this fate was due; -Infinity when there was none. */
  lastDue(fate: Fate): number {
    return this.#where(fate).reduce((last, i) => Math.max(last, this.#dueAt[i] ?? last), Number.NEGATIVE_INFINITY)
  }

  /** When the last answer was there. */
  get endedAt(): number {
    let last = 0
    for (let i = 0; i < this.#length; i += 1) last = Math.max(last, (this.#dueAt[i] ?? 0) + (this.#latency[i] ?? 0))
    return last
  }

  #where(fate: Fate, from = 0): number[] {
    const indices: number[] = []
    const wanted = FATES.indexOf(fate)
    for (let i = 0; i < this.#length; i += 1) {
      if (this.#fate[i] === wanted && (this.#dueAt[i] ?? 0) >= from) indices.push(i)
    }
    return indices
  }
}

/**
 * How many visits a second these outcomes of `visits` came to. Throws unless all were accepted: a refusal costs little, and would
 * make a rate that nobody is served at.
 */
export function rateOf(visits: number, outcomes: Outcomes): number {
  const [shed, failed] = [outcomes.count('shed'), outcomes.count('failed')]
  if (shed + failed > 0) {
    const told = [...(shed > 0 ? ['shed'] : []), ...new Set(outcomes.failures)]
    throw new Error(`${shed + failed} of ${outcomes.length} requests were not accepted: ${told.join(', ')}`)
  }
  return (visits * 1000) / outcomes.endedAt
}
