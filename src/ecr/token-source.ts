/** A token as ECR issued it: `value` goes after `Basic ` verbatim, it already is base64. */
export interface IssuedToken {
  value: string
  lifetimeMs: number
}

/** A token and when it was obtained and expires, on the clock of its source. */
export interface Token extends IssuedToken {
  obtainedAt: number
  expiresAt: number
}

/** No valid token is at hand; the cause says why. */
export class TokenUnavailableError extends Error {
  override readonly name = 'TokenUnavailableError'
}

/** Where the token comes from, for whoever sends requests with it. */
export interface TokenSource {
  /** The token to use now, or undefined when none is valid. */
  readonly current: Token | undefined
  /** Why there is no token, or why the last refresh failed; undefined when it succeeded. */
  readonly lastError: unknown
  /** When the token will be fetched anew, in milliseconds from now; undefined where somebody else decides, or while it is being fetched. */
  readonly refreshInMs: number | undefined
  /** How long ago the token was obtained, in milliseconds. */
  ageMs(token: Token): number
  /** The valid token, or the one being fetched. Throws TokenUnavailableError, at once between two failed fetches. */
  acquire(): Promise<Token>
  /**
   * A token newer than `refused`: the current one if it is newer, else a fresh one, fetched once for all who ask.
   * Throws TokenUnavailableError; the current token stays what it is.
   */
  renew(refused: Token): Promise<Token>
  /**
   * As renew, for an answer that may be a denial as well (a HEAD's 403): undefined when the token is too young to be the
   * reason, when this was tried within the last minute, or when no newer token can be had.
   */
  renewIfDoubtful(refused: Token): Promise<Token | undefined>
  /** Begins to get the first token. From then on there is one, or an error that says why not. */
  start(): void
  /** Stops refreshing. A fetch under way settles, and its outcome is dropped. */
  close(): void
}
