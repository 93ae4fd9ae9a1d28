import type { Clock } from '../clock.ts'
import type { TokenVerdict } from '../ecr/refusal.ts'
import {
  MANIFEST_BACKOFF_MS,
  MANIFEST_TRIES,
  MANIFEST_WINDOW_MS,
  THROTTLE_BACKOFF_MS,
  THROTTLE_RETRIES,
  THROTTLE_WINDOW_MS,
} from '../limits.ts'
import type { RetryBudget } from './retry-budget.ts'

/** What may be sent again, and why. */
export type Repeatable =
  /** A streamed body: never. */
  | 'never'
  /** No body, but an effect, which a refused token has not had. */
  | 'after-refusal'
  /** GET and HEAD (RFC 9110, section 9.2.1). */
  | 'safe'
  /** POST without a body: at worst it opens an upload that nobody uses. */
  | 'start'
  /** A manifest PUT, held in memory; idempotent by its digest. */
  | 'held'

/** What came of one try. */
export type TryOutcome =
  | { kind: 'answer'; status: number; verdict: TokenVerdict; retryAfterSeconds: number | undefined }
  /** The connection ended without a response head. */
  | { kind: 'closed' }
  | { kind: 'failed' }

export type Step =
  | { do: 'deliver' }
  /** Send again with a newer token. */
  | { do: 'renew' }
  | { do: 'renew-if-doubtful' }
  /** The refusal cannot be mended: 503. */
  | { do: 'give-up-token' }
  | { do: 'again'; afterMs: number; fresh: boolean }
  /** Closed twice: find out whether the repository exists. */
  | { do: 'explain' }
  | { do: 'fail' }

/** Decides what follows each try of one request; docs/request-handling.md, 13 and 14, has the same list in words. */
export class RetryPolicy {
  readonly #repeatable: Repeatable
  readonly #clock: Clock
  readonly #random: () => number
  readonly #budget: RetryBudget
  readonly #startedAt: number
  #tries = 0
  #throttled = 0
  #renewed = false
  #doubted = false
  #reopened = false

  constructor(repeatable: Repeatable, clock: Clock, random: () => number, budget: RetryBudget) {
    this.#repeatable = repeatable
    this.#clock = clock
    this.#random = random
    this.#budget = budget
    this.#startedAt = clock.now()
    if (repeatable === 'safe' || repeatable === 'start') budget.earn()
  }

  /** The step after a try with this outcome. */
  next(outcome: TryOutcome): Step {
    this.#tries += 1
    switch (outcome.kind) {
      case 'answer':
        return this.#afterAnswer(outcome.status, outcome.verdict, outcome.retryAfterSeconds)
      case 'closed':
        return this.#afterClosed()
      case 'failed':
        return { do: 'fail' }
      default:
        return outcome satisfies never
    }
  }

  #afterAnswer(status: number, verdict: TokenVerdict, retryAfterSeconds: number | undefined): Step {
    if (verdict === 'refused') {
      if (this.#repeatable === 'never' || this.#renewed || this.#isLastManifestTry()) return { do: 'give-up-token' }
      this.#renewed = true
      return { do: 'renew' }
    }
    if (verdict === 'doubtful' && !this.#doubted) {
      this.#doubted = true
      return { do: 'renew-if-doubtful' }
    }
    if (isThrottling(status)) return this.#afterThrottling((retryAfterSeconds ?? 0) * 1000)
    return { do: 'deliver' }
  }

  #afterThrottling(leastMs: number): Step {
    if (this.#repeatable === 'held') return this.#manifestAgain(leastMs) ?? { do: 'deliver' }
    if (this.#repeatable !== 'safe' && this.#repeatable !== 'start') return { do: 'deliver' }
    const afterMs = Math.max(leastMs, this.#jittered(THROTTLE_BACKOFF_MS * 2 ** this.#throttled))
    if (this.#throttled >= THROTTLE_RETRIES || !this.#fits(afterMs, THROTTLE_WINDOW_MS) || !this.#budget.spend()) {
      return { do: 'deliver' }
    }
    this.#throttled += 1
    return { do: 'again', afterMs, fresh: false }
  }

  #afterClosed(): Step {
    if (this.#repeatable === 'held') return this.#manifestAgain(0) ?? { do: 'fail' }
    if (this.#repeatable !== 'safe' && this.#repeatable !== 'start') return { do: 'fail' }
    if (!this.#reopened) {
      this.#reopened = true
      return { do: 'again', afterMs: 0, fresh: true }
    }
    return { do: this.#repeatable === 'start' ? 'explain' : 'fail' }
  }

  #manifestAgain(leastMs: number): Step | undefined {
    const afterMs = Math.max(leastMs, this.#jittered(MANIFEST_BACKOFF_MS * 2 ** (this.#tries - 1)))
    if (this.#isLastManifestTry() || !this.#fits(afterMs, MANIFEST_WINDOW_MS)) return undefined
    return { do: 'again', afterMs, fresh: true }
  }

  #isLastManifestTry(): boolean {
    return this.#repeatable === 'held' && this.#tries >= MANIFEST_TRIES
  }

  #fits(afterMs: number, windowMs: number): boolean {
    return this.#clock.now() - this.#startedAt + afterMs <= windowMs
  }

  /** Full jitter: anywhere from nothing to the whole step, so that those refused together do not return together. */
  #jittered(ms: number): number {
    return this.#random() * ms
  }
}

/** Whether a status says that there are too many requests: ECR answers 429, and S3 and load balancers 503. */
export function isThrottling(status: number): boolean {
  return status === 429 || status === 503
}
