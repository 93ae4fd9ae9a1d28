import { setTimeout as sleep } from 'node:timers/promises'
import { Lane, type Step } from './lane.ts'
import type { Target } from './load.ts'
import { Outcomes } from './outcomes.ts'

/** What a client does over one connection, step by step; it leaves at the first 503. */
export type Visit = readonly Step[]

/** A stretch of time with so many visits a second. */
export interface Stretch {
  perSecond: number
  seconds: number
}

/** A visit, when it is due, and where it is told what became of it. */
interface DueVisit {
  steps: Visit
  dueAt: number
  outcomes: Outcomes
}

/** How often it is looked which visits are due. */
const TICK_MS = 1
/** What has no answer so long after the last stretch never gets one. */
export const LAST_ANSWER_MS = 60_000

/**
 * Starts visits when they are due, whether or not those before have ended, over kept-alive connections; what finds none free
 * waits, and that counts.
 */
export class OpenLoop {
  readonly #target: Target
  readonly #visits: readonly Visit[]
  readonly #lanes: Lane[]
  readonly #free: Lane[]
  readonly #waiting: DueVisit[] = []
  readonly #startedAt = performance.now()
  #visited = 0
  /** When the next stretch begins. */
  #from = 0
  #allFree: (() => void) | undefined

  private constructor(target: Target, visits: readonly Visit[], lanes: Lane[]) {
    this.#target = target
    this.#visits = visits
    this.#lanes = lanes
    this.#free = [...lanes]
  }

  /** Connects so often, and takes the visits in turn. */
  static async connect(target: Target, visits: readonly Visit[], connections: number): Promise<OpenLoop> {
    const lanes = await Promise.all(Array.from({ length: connections }, async () => Lane.open(target)))
    return new OpenLoop(target, visits, lanes)
  }

  /** Starts the visits of one stretch, right after those of the one before. Not all have ended then: see `end`. */
  async run({ perSecond, seconds }: Stretch): Promise<Outcomes> {
    const count = Math.ceil(perSecond * seconds)
    const outcomes = new Outcomes(count * Math.max(...this.#visits.map((steps) => steps.length)))
    for (let i = 0; i < count; i += 1) {
      const dueAt = this.#from + (i * 1000) / perSecond
      while (this.#now() < dueAt) await sleep(TICK_MS)
      outcomes.lateMs.push(this.#now() - dueAt)
      this.#start({ steps: this.#visits[this.#visited % this.#visits.length] ?? [], dueAt, outcomes })
      this.#visited += 1
    }
    this.#from += seconds * 1000
    return outcomes
  }

  /** Waits until all have ended, and disconnects. Rejects when some never do. */
  async end(): Promise<void> {
    try {
      if (this.#free.length < this.#lanes.length) await this.#lastAnswer()
    } finally {
      for (const lane of this.#lanes) lane.close()
    }
  }

  async #lastAnswer(): Promise<void> {
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => {
        const busy = this.#lanes.length - this.#free.length
        reject(new Error(`${busy} requests had no answer within ${LAST_ANSWER_MS / 1000} s`))
      }, LAST_ANSWER_MS)
      this.#allFree = () => {
        clearTimeout(late)
        resolve()
      }
    })
  }

  #start(visit: DueVisit): void {
    const lane = this.#free.pop()
    if (lane === undefined) this.#waiting.push(visit)
    else this.#visit(lane, visit)
  }

  /** A connection that has closed would fail all that is given to it, and be free again at once for the next. */
  #visit(lane: Lane, visit: DueVisit): void {
    if (lane.isOpen) this.#step(lane, visit, 0, visit.dueAt)
    else void this.#reopened(lane).then((opened) => this.#step(opened, visit, 0, visit.dueAt))
  }

  /** Where no connection can be had, the closed one, whose requests say so. */
  async #reopened(closed: Lane): Promise<Lane> {
    const lane = await Lane.open(this.#target).catch(() => closed)
    this.#lanes[this.#lanes.indexOf(closed)] = lane
    return lane
  }

  #step(lane: Lane, visit: DueVisit, index: number, dueAt: number): void {
    const { steps, outcomes } = visit
    const step = steps[index]
    if (step === undefined) {
      outcomes.whole += 1
      return this.#leave(lane)
    }
    lane.request(step, (fate, failure) => {
      const now = this.#now()
      outcomes.add(dueAt, now - dueAt, fate, failure)
      if (fate === 'accepted') this.#step(lane, visit, index + 1, now)
      else this.#leave(lane)
    })
  }

  #leave(lane: Lane): void {
    const next = this.#waiting.shift()
    if (next !== undefined) return this.#visit(lane, next)
    this.#free.push(lane)
    if (this.#free.length === this.#lanes.length) this.#allFree?.()
  }

  #now(): number {
    return performance.now() - this.#startedAt
  }
}
