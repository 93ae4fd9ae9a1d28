import type { Clock } from '../../src/clock.ts'
import { setImmediate as turn } from 'node:timers/promises'

interface Timer {
  at: number
  callback: () => void
}

/** Time that passes only when a test says so. */
export class FakeClock implements Clock {
  // Not 0, which hides a sum in place of a difference.
  #now = 1_000_000
  #timers: Timer[] = []

  now(): number {
    return this.#now
  }

  after(ms: number, callback: () => void): () => void {
    const timer = { at: this.#now + ms, callback }
    this.#timers.push(timer)
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer)
    }
  }

  /** How many timers wait. */
  get armed(): number {
    return this.#timers.length
  }

  /** How long until the next timer, in milliseconds. */
  get nextInMs(): number | undefined {
    const next = this.#next()
    return next === undefined ? undefined : next.at - this.#now
  }

  /** Lets `ms` pass; what falls due is called at its time, and what that set going gets as far as it can. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms
    for (let next = this.#next(); next !== undefined && next.at <= end; next = this.#next()) {
      const due = next
      this.#now = Math.max(this.#now, due.at)
      this.#timers = this.#timers.filter((other) => other !== due)
      due.callback()
      await turn()
    }
    this.#now = end
    await turn()
  }

  #next(): Timer | undefined {
    return this.#timers.reduce<Timer | undefined>(
      (first, timer) => (first === undefined || timer.at < first.at ? timer : first),
      undefined,
    )
  }
}
