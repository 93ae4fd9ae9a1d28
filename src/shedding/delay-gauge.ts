import { LOAD_DELAY_MS, LOAD_SAMPLE_MS } from '../limits.ts'

/**
 * How late the event loop was on average in the last full second. Not by under-pressure's histogram, which holds nothing
 * within a sample of two turns or fewer, and what it says then is more than any limit.
 */
export class DelayGauge {
  #meanMs = 0
  #lateMs = 0
  #samples = 0

  get meanMs(): number {
    return this.#meanMs
  }

  /** Takes by how much the timer of a sample was late. */
  sample(lateMs: number): void {
    this.#lateMs += lateMs
    this.#samples += 1
    if (this.#samples * LOAD_SAMPLE_MS + this.#lateMs < LOAD_DELAY_MS) return
    this.#meanMs = this.#lateMs / this.#samples
    this.#lateMs = 0
    this.#samples = 0
  }
}
