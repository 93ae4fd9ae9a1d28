import type { Clock } from '../clock.ts'
import {
  DOUBTFUL_RENEWAL_SPACING_MS,
  DOUBTFUL_TOKEN_AGE_MS,
  TOKEN_BACKOFF_MAX_MS,
  TOKEN_BACKOFF_MIN_MS,
  TOKEN_RENEWAL_SPACING_MS,
} from '../limits.ts'
import { type IssuedToken, type Token, type TokenSource, TokenUnavailableError } from './token-source.ts'

export interface EcrTokenSourceOptions {
  /** Asks ECR for a token; must settle in bounded time. */
  issue: () => Promise<IssuedToken>
  clock: Clock
  /** From 0 to 1, for jitter. */
  random: () => number
  onRefresh?: (token: Token) => void
  /** Called for every failure, with what happens next. */
  onFailure?: (error: unknown, state: { validForMs: number; retryInMs: number | undefined }) => void
  /** For what `issue` holds. */
  onClose?: () => void
}

/**
 * The token as it is fetched from ECR: kept in memory, once for all who wait, refreshed in the background at about half its
 * lifetime. A token is only ever replaced by a newer one; when a refresh fails, the old one serves until it expires
 * (docs/request-handling.md: 9, 10).
 */
export class EcrTokenSource implements TokenSource {
  readonly #options: EcrTokenSourceOptions
  #token: Token | undefined
  #pending: Promise<Token> | undefined
  #failures = 0
  #lastError: unknown
  #timer: { at: number; cancel: () => void } | undefined
  #renewedAt = Number.NEGATIVE_INFINITY
  #doubtedAt = Number.NEGATIVE_INFINITY
  #closed = false

  constructor(options: EcrTokenSourceOptions) {
    this.#options = options
  }

  start(): void {
    if (this.#pending === undefined) this.#refreshInBackground()
  }

  get current(): Token | undefined {
    const token = this.#token
    return token !== undefined && token.expiresAt > this.#options.clock.now() ? token : undefined
  }

  get lastError(): unknown {
    return this.#lastError
  }

  get refreshInMs(): number | undefined {
    return this.#timer === undefined ? undefined : this.#timer.at - this.#options.clock.now()
  }

  ageMs(token: Token): number {
    return this.#options.clock.now() - token.obtainedAt
  }

  async acquire(): Promise<Token> {
    const token = this.current
    if (token !== undefined) return token
    if (this.#pending === undefined) throw new TokenUnavailableError('no valid token', { cause: this.#lastError })
    return this.#told(this.#pending)
  }

  async renew(refused: Token): Promise<Token> {
    const token = this.current
    if (token !== undefined && token !== refused) return token
    return this.#told(this.#once(() => this.#spaced()))
  }

  async renewIfDoubtful(refused: Token): Promise<Token | undefined> {
    const token = this.current
    if (token !== undefined && token !== refused) return token
    if (this.#pending === undefined) {
      const now = this.#options.clock.now()
      if (this.ageMs(refused) <= Math.min(DOUBTFUL_TOKEN_AGE_MS, refused.lifetimeMs / 2)) return undefined
      if (now - this.#doubtedAt < DOUBTFUL_RENEWAL_SPACING_MS) return undefined
      this.#doubtedAt = now
    }
    return this.renew(refused).catch(() => undefined)
  }

  close(): void {
    this.#closed = true
    this.#disarm()
    this.#options.onClose?.()
  }

  async #told(pending: Promise<Token>): Promise<Token> {
    try {
      return await pending
    } catch (error) {
      throw new TokenUnavailableError('no token could be obtained', { cause: error })
    }
  }

  #refreshInBackground(): void {
    this.#disarm()
    // Its failure goes to onFailure, and to those who wait.
    this.#once(() => this.#fetch(true)).catch(() => {})
  }

  #once(work: () => Promise<Token>): Promise<Token> {
    this.#pending ??= work().finally(() => {
      this.#pending = undefined
    })
    return this.#pending
  }

  /** A renewal after a refusal, at least TOKEN_RENEWAL_SPACING_MS (or a tenth of the lifetime) after the one before. */
  async #spaced(): Promise<Token> {
    const { clock } = this.#options
    const spacing = Math.min(TOKEN_RENEWAL_SPACING_MS, (this.#token?.lifetimeMs ?? Number.POSITIVE_INFINITY) / 10)
    const wait = this.#renewedAt + spacing - clock.now()
    if (wait > 0) await new Promise<void>((resolve) => clock.after(wait, resolve))
    if (this.#closed) throw new Error('the proxy is shutting down')
    this.#renewedAt = clock.now()
    // With a valid token in hand the background schedule goes on as it was; it alone retries.
    return this.#fetch(this.current === undefined)
  }

  async #fetch(retries: boolean): Promise<Token> {
    const { clock, issue, onRefresh } = this.#options
    try {
      const issued = await issue()
      if (!(issued.lifetimeMs > 0)) throw new Error('the token had expired when it came; is the clock right?')
      const now = clock.now()
      const token = { ...issued, obtainedAt: now, expiresAt: now + issued.lifetimeMs }
      this.#token = token
      this.#failures = 0
      this.#lastError = undefined
      this.#schedule(this.#halfLife(token))
      onRefresh?.(token)
      return token
    } catch (error) {
      this.#failed(error, retries)
      throw error
    }
  }

  #failed(error: unknown, retries: boolean): void {
    // The end of the process ends its calls, which is no failure of theirs.
    if (this.#closed) return
    this.#lastError = error
    let retryInMs: number | undefined
    // A renewal may have been what a background refresh found under way and relied on.
    if (retries || this.#timer === undefined) {
      retryInMs = this.#backoff()
      this.#failures += 1
      this.#schedule(retryInMs)
    }
    const now = this.#options.clock.now()
    this.#options.onFailure?.(error, { validForMs: Math.max(0, (this.current?.expiresAt ?? now) - now), retryInMs })
  }

  #schedule(ms: number): void {
    const { clock } = this.#options
    this.#disarm()
    if (this.#closed) return
    this.#timer = { at: clock.now() + ms, cancel: clock.after(ms, () => this.#refreshInBackground()) }
  }

  #disarm(): void {
    this.#timer?.cancel()
    this.#timer = undefined
  }

  /** Half the lifetime, give or take a tenth of that, so that the tasks of a service do not ask all at once. */
  #halfLife(token: Token): number {
    return token.lifetimeMs * (0.45 + 0.1 * this.#options.random())
  }

  #backoff(): number {
    const lifetime = this.#token?.lifetimeMs ?? Number.POSITIVE_INFINITY
    const least = Math.min(TOKEN_BACKOFF_MIN_MS, lifetime / 50)
    const most = Math.min(TOKEN_BACKOFF_MAX_MS, lifetime / 10)
    const step = Math.min(most, least * 2 ** Math.min(this.#failures, 16))
    return step * (0.5 + 0.5 * this.#options.random())
  }
}
