/** Counts how many starts waited for the event loop together: what starts within one turn of it had come before that. */
export class QueueGauge {
  readonly #afterTurn: (callback: () => void) => void
  #starts = 0
  #turns = 0
  #withinTurn = 0

  /** `afterTurn` calls back when the turn has ended, as setImmediate does. */
  constructor(afterTurn: (callback: () => void) => void) {
    this.#afterTurn = afterTurn
  }

  /** Counts one more, and returns how many this turn has had with it. */
  start(): number {
    this.#starts += 1
    this.#withinTurn += 1
    if (this.#withinTurn === 1) {
      this.#turns += 1
      this.#afterTurn(() => {
        this.#withinTurn = 0
      })
    }
    return this.#withinTurn
  }

  /** Starts per turn that had any, since this was last asked. */
  take(): number {
    const mean = this.#turns === 0 ? 0 : this.#starts / this.#turns
    this.#starts = 0
    this.#turns = 0
    return mean
  }
}
