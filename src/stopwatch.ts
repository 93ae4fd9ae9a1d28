import type { Clock } from './clock.ts'

/** Runs from when it is made, and can be stopped and go on; the time between counts as well. */
export class Stopwatch {
  readonly #clock: Clock
  readonly #startedAt: number
  #stoppedAt: number | undefined

  constructor(clock: Clock) {
    this.#clock = clock
    this.#startedAt = clock.now()
  }

  /** Milliseconds from its start to when it was stopped last, or to now while it runs. */
  get ms(): number {
    return (this.#stoppedAt ?? this.#clock.now()) - this.#startedAt
  }

  stop(): void {
    this.#stoppedAt = this.#clock.now()
  }

  goOn(): void {
    this.#stoppedAt = undefined
  }
}
