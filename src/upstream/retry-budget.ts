import { RETRY_CREDIT, RETRY_SHARE, THROTTLE_RETRIES } from '../limits.ts'

/** Keeps retries at a share of the requests: a throttled upstream must not get more traffic because it is throttled. */
export class RetryBudget {
  // One lone client gets its tries.
  #credit = THROTTLE_RETRIES

  /** Counts a request that may later be retried. */
  earn(): void {
    this.#credit = Math.min(RETRY_CREDIT, this.#credit + RETRY_SHARE)
  }

  /** Takes one retry, if there is one. */
  spend(): boolean {
    if (this.#credit < 1) return false
    this.#credit -= 1
    return true
  }
}
