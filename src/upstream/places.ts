/** Who waits for a place; begins with one, which has to be given back. */
export interface Waiting {
  begin(): void
}

/** So many places, and one queue for them, first come, first served. Who leaves the queue leaves nothing behind. */
export class Places {
  readonly #afterTurn: (callback: () => void) => void
  readonly #waiting = new Set<Waiting>()
  #free: number

  /** `afterTurn` calls back when the turn of the event loop has ended, as setImmediate does. */
  constructor(places: number, afterTurn: (callback: () => void) => void) {
    this.#free = places
    this.#afterTurn = afterTurn
  }

  /** How many wait for a place. */
  get waiting(): number {
    return this.#waiting.size
  }

  /** Lets one begin: at once, or when a place is free. */
  take(who: Waiting): void {
    // Behind those who wait, also when one of them is about to have the place that is free.
    if (this.#free === 0 || this.#waiting.size > 0) {
      this.#waiting.add(who)
      return
    }
    this.#free -= 1
    who.begin()
  }

  /** Takes one out of the queue; false where it was not in it. */
  leave(who: Waiting): boolean {
    return this.#waiting.delete(who)
  }

  give(): void {
    this.#free += 1
    // Later, because whoever gives one back is not done with its connection before that.
    if (this.#waiting.size > 0) this.#afterTurn(() => this.#next())
  }

  #next(): void {
    const [first] = this.#waiting
    // The waiter it was freed for may have left, and another may have taken it.
    if (first === undefined || this.#free === 0) return
    this.#waiting.delete(first)
    this.#free -= 1
    first.begin()
  }
}
