import type { Clock } from '../clock.ts'
import { Deferred } from '../deferred.ts'
import { type Token, type TokenSource, TokenUnavailableError } from '../ecr/token-source.ts'
import { TOKEN_ANSWER_MS } from '../limits.ts'
import type { Ask, SentFailure, SentToken, ToWorker } from './messages.ts'

/** A token that this worker was sent, with the name that it has between the processes. */
interface Held {
  id: number
  token: Token
}

type TokenNews = Extract<ToWorker, { type: 'token' | 'token-failure' | 'answer' }>

/**
 * A worker's token source: it has what the primary sends, and asks the primary for the rest, once for all requests of
 * this worker that want the same. When and how often ECR is called is the primary's to decide.
 */
export class RelayedTokenSource implements TokenSource {
  readonly #clock: Clock
  readonly #send: (ask: Ask) => void
  #held: Held | undefined
  #lastError: unknown
  #requests = 0
  readonly #open = new Map<number, Deferred<Token | undefined>>()
  readonly #shared = new Map<string, Promise<Token | undefined>>()
  readonly #ids = new WeakMap<Token, number>()

  constructor(clock: Clock, send: (ask: Ask) => void) {
    this.#clock = clock
    this.#send = send
  }

  get current(): Token | undefined {
    const token = this.#held?.token
    return token !== undefined && token.expiresAt > this.#clock.now() ? token : undefined
  }

  get lastError(): unknown {
    return this.#lastError
  }

  get refreshInMs(): undefined {
    // The primary's to decide.
    return undefined
  }

  ageMs(token: Token): number {
    return this.#clock.now() - token.obtainedAt
  }

  async acquire(): Promise<Token> {
    return this.current ?? this.#certain(this.#ask('acquire', null))
  }

  async renew(refused: Token): Promise<Token> {
    return this.#newerThan(refused) ?? this.#certain(this.#ask('renew', this.#idOf(refused)))
  }

  async renewIfDoubtful(refused: Token): Promise<Token | undefined> {
    const newer = this.#newerThan(refused)
    return newer ?? this.#ask('renew-if-doubtful', this.#idOf(refused)).catch(() => undefined)
  }

  start(): void {
    // The primary has started.
  }

  close(): void {
    // The primary refreshes, and closes after its workers.
  }

  /** Takes what the primary sends of the token. */
  receive(news: TokenNews): void {
    switch (news.type) {
      case 'token':
        this.#hold(news.token)
        break
      case 'token-failure':
        this.#lastError = errorOf(news.failure)
        break
      case 'answer':
        this.#settle(news)
    }
  }

  #newerThan(refused: Token): Token | undefined {
    const token = this.current
    return token === refused ? undefined : token
  }

  /** Tokens are ever those of the primary; 0 is older than all of them. */
  #idOf(token: Token): number {
    return this.#ids.get(token) ?? 0
  }

  async #certain(asked: Promise<Token | undefined>): Promise<Token> {
    const token = await asked
    if (token === undefined) throw new TokenUnavailableError('the primary has no token')
    return token
  }

  #ask(what: Ask['what'], refused: number | null): Promise<Token | undefined> {
    const key = `${what} ${refused}`
    const asked = this.#shared.get(key) ?? this.#askAnew(what, refused).finally(() => this.#shared.delete(key))
    this.#shared.set(key, asked)
    return asked
  }

  async #askAnew(what: Ask['what'], refused: number | null): Promise<Token | undefined> {
    this.#requests += 1
    const request = this.#requests
    const answer = new Deferred<Token | undefined>()
    this.#open.set(request, answer)
    const cancel = this.#clock.after(TOKEN_ANSWER_MS, () =>
      answer.reject(new TokenUnavailableError('the primary did not answer')),
    )
    this.#send({ type: 'ask', request, what, refused })
    try {
      return await answer.promise
    } finally {
      cancel()
      this.#open.delete(request)
    }
  }

  #settle({ request, token, failure }: Extract<ToWorker, { type: 'answer' }>): void {
    const asked = this.#open.get(request)
    if (token !== null) asked?.resolve(this.#hold(token))
    else if (failure === null) asked?.resolve(undefined)
    else asked?.reject(new TokenUnavailableError('no token could be obtained', { cause: errorOf(failure) }))
  }

  /** Keeps a token that is newer than the one held; what is held afterwards. */
  #hold({ id, value, lifetimeMs, ageMs }: SentToken): Token {
    if (this.#held !== undefined && this.#held.id >= id) return this.#held.token
    const obtainedAt = this.#clock.now() - ageMs
    const token = { value, lifetimeMs, obtainedAt, expiresAt: obtainedAt + lifetimeMs }
    this.#held = { id, token }
    this.#ids.set(token, id)
    this.#lastError = undefined
    return token
  }
}

function errorOf({ name, code }: SentFailure): Error {
  const error = new Error('the primary process could not obtain a token; its log has the reason')
  error.name = name
  return code === null ? error : Object.assign(error, { code })
}
