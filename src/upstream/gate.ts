/** Lets so many in at once, and turns the rest away: what waits costs memory, and is answered too late to be of use. */
export class Gate {
  readonly #limit: number
  #inside = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  /** Whether there was room; whoever got in has to leave. */
  enter(): boolean {
    if (this.#inside >= this.#limit) return false
    this.#inside += 1
    return true
  }

  leave(): void {
    this.#inside -= 1
  }
}
