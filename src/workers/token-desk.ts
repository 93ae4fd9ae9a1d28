import { errorCode } from '../error-code.ts'
import { type Token, type TokenSource, TokenUnavailableError } from '../ecr/token-source.ts'
import type { Ask, SentFailure, SentToken, ToWorker } from './messages.ts'

/** What a token source reports to the desk. */
export interface TokenEvents {
  onRefresh: (token: Token) => void
  onFailure: (error: unknown) => void
}

/** The primary's side of the one token: reports to all workers what becomes of it, and answers what they ask. */
export class TokenDesk {
  readonly tokens: TokenSource
  readonly #tell: (message: ToWorker) => void
  /** Ids count from 1. */
  #id = 0
  #latest: Token | undefined
  #previous: Token | undefined

  /** `make` makes the source that reports to this desk; `tell` sends to all workers. */
  constructor(make: (events: TokenEvents) => TokenSource, tell: (message: ToWorker) => void) {
    this.#tell = tell
    this.tokens = make({
      onRefresh: (token) => {
        this.#take(token)
        this.#tell({ type: 'token', token: this.#sent(token) })
      },
      onFailure: (error) => this.#tell({ type: 'token-failure', failure: failureOf(error) }),
    })
  }

  /** What a new worker has to know: the token if one is valid, and the failure since. */
  news(): ToWorker[] {
    const { current, lastError } = this.tokens
    return [
      ...(current === undefined ? [] : [{ type: 'token' as const, token: this.#sent(current) }]),
      ...(lastError === undefined ? [] : [{ type: 'token-failure' as const, failure: failureOf(lastError) }]),
    ]
  }

  /** Answers one question; in bounded time, and never throws. */
  async answer({ request, what, refused }: Ask): Promise<ToWorker> {
    try {
      const token = await this.#ask(what, refused)
      return { type: 'answer', request, token: token === undefined ? null : this.#sent(token), failure: null }
    } catch (error) {
      const cause = error instanceof TokenUnavailableError ? error.cause : error
      return { type: 'answer', request, token: null, failure: failureOf(cause) }
    }
  }

  async #ask(what: Ask['what'], refused: number | null): Promise<Token | undefined> {
    // A token older than the one before the latest is as old as that one: both are not the latest.
    const token = refused === this.#id ? this.#latest : (this.#previous ?? this.#latest)
    if (what === 'acquire' || token === undefined) return this.tokens.acquire()
    return what === 'renew' ? this.tokens.renew(token) : this.tokens.renewIfDoubtful(token)
  }

  #take(token: Token): void {
    this.#id += 1
    this.#previous = this.#latest
    this.#latest = token
  }

  /** The source never has a token that is not the latest. */
  #sent(token: Token): SentToken {
    return { id: this.#id, value: token.value, lifetimeMs: token.lifetimeMs, ageMs: this.tokens.ageMs(token) }
  }
}

/** By kind alone: an error's text may hold an ARN. */
function failureOf(error: unknown): SentFailure {
  return { name: error instanceof Error ? error.name : 'Error', code: errorCode(error) ?? null }
}
