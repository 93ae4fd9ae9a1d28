/** Lets so much in at once, and turns the rest away: what waits costs memory, and is answered too late to be of use. */
export class Gate {
  readonly #limit: number
  #inside = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  /** Whether there was room for so many more; whoever got in has to leave. */
  enter(count = 1): boolean {
    if (this.#inside + count > this.#limit) return false
    this.#inside += count
    return true
  }

  leave(count = 1): void {
    this.#inside -= count
  }
}
