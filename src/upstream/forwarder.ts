import type { Dispatcher } from 'undici'
import { unavailable } from '../client/answer.ts'
import type { Call } from '../client/call.ts'
import { ClientGoneError, Presence } from '../client/presence.ts'
import { Relay } from '../client/relay.ts'
import { announcedLength, hasBody, readManifest } from '../client/request-body.ts'
import { UploadBody } from '../client/upload-body.ts'
import type { Clock } from '../clock.ts'
import { isSameRegistry, type Upstream } from '../ecr/host.ts'
import { tokenVerdict } from '../ecr/refusal.ts'
import type { Token, TokenSource } from '../ecr/token-source.ts'
import { ERROR_BODY_BYTES, UPSTREAM_ASSEMBLY_MS, UPSTREAM_HEAD_MS } from '../limits.ts'
import { RegistryError } from '../registry/errors.ts'
import { headerValue, requestHeaders } from '../registry/headers.ts'
import { UnusableReferenceError } from '../registry/location.ts'
import { type RegistryRequest, upstreamTarget } from '../registry/request.ts'
import { publicHead } from '../registry/response-head.ts'
import type { Dispatchers } from './dispatchers.ts'
import { deliverError } from './error-answer.ts'
import { Exchange, type ResponseHead } from './exchange.ts'
import { isClosedWithoutAnswer } from './failure.ts'
import { explainClosed } from './missing-repository.ts'
import type { RetryBudget } from './retry-budget.ts'
import { type Outcome, type Repeatable, RetryPolicy } from './retry-policy.ts'

/** What the core tells its log; the request's own logger fits. */
export interface ForwardLog {
  info(object: object, message: string): void
  warn(object: object, message: string): void
}

export interface ForwarderOptions {
  upstream: Upstream
  dispatchers: Dispatchers
  tokens: TokenSource
  budget: RetryBudget
  clock: Clock
  random: () => number
}

type Body = { kind: 'none' } | { kind: 'held'; bytes: Buffer } | { kind: 'stream' }

/** One try: an answer whose error body, if it is an error, has been read; or the reason why there is none. */
type Tried = { exchange: Exchange; head: ResponseHead; errorBody: string | undefined } | { error: unknown }

/** Sends registry requests upstream with the token, and answers the client. docs/request-handling.md has the way of a request. */
export class Forwarder {
  readonly #options: ForwarderOptions
  readonly #isUpstream: (host: string) => boolean

  constructor(options: ForwarderOptions) {
    this.#options = options
    this.#isUpstream = (host) => isSameRegistry(host, options.upstream)
  }

  /** Answers one call. Throws a RegistryError to be answered, ClientGoneError, or what upstreamFailure understands. */
  async forward(request: RegistryRequest, call: Call, log: ForwardLog): Promise<void> {
    const { tokens, clock, random, budget } = this.#options
    const presence = new Presence(call.outgoing)
    const body = await presence.during(takeBody(request, call))
    const policy = new RetryPolicy(repeatable(request, body), clock, random, budget)
    const startedAt = clock.now()
    let token = tokens.current ?? (await presence.during(tokens.acquire()))
    let fresh = false

    for (;;) {
      const tried = await this.#try(request, call, body, token, presence, fresh)
      call.record.upstreamMs = clock.now() - startedAt
      const step = policy.next(outcome(request, tried))
      switch (step.do) {
        case 'deliver':
          return this.#deliver(request, call, tried, presence, log, startedAt)
        case 'renew':
          log.warn({ tokenAgeMs: tokens.ageMs(token) }, 'upstream refused the token; renewing it')
          token = await presence.during(tokens.renew(token))
          break
        case 'renew-if-doubtful': {
          const newer = await presence.during(tokens.renewIfDoubtful(token))
          if (newer === undefined) return this.#deliver(request, call, tried, presence, log, startedAt)
          token = newer
          break
        }
        case 'give-up-token':
          throw unavailable(
            'the upstream registry refused the credentials of the proxy',
            'error' in tried ? tried.error : tried.errorBody,
          )
        case 'again':
          fresh = step.fresh
          if (step.afterMs > 0) await presence.during(this.#wait(step.afterMs))
          break
        case 'explain':
          throw await explainClosed(request, (probe) => this.#probe(probe, call, token, presence))
        case 'fail':
          throw 'error' in tried ? tried.error : new Error('no answer to deliver')
        default:
          step satisfies never
      }
    }
  }

  async #try(
    request: RegistryRequest,
    call: Call,
    body: Body,
    token: Token,
    presence: Presence,
    fresh: boolean,
  ): Promise<Tried> {
    const { dispatchers, tokens } = this.#options
    call.record.tries += 1
    call.record.tokenAgeMs = tokens.ageMs(token)
    const dispatcher = fresh ? dispatchers.fresh() : body.kind === 'stream' ? dispatchers.upload : dispatchers.short
    const payload = body.kind === 'held' ? body.bytes : body.kind === 'stream' ? new UploadBody(call) : null
    try {
      const exchange = new Exchange(dispatcher, {
        method: request.method,
        path: upstreamTarget(request),
        headers: this.#headers(call, body, token),
        body: payload,
        silenceMs: isAssembled(request) ? UPSTREAM_ASSEMBLY_MS : UPSTREAM_HEAD_MS,
        // A body that cannot be sent again does not go on a connection that may be closing.
        ownConnection: body.kind === 'stream' || fresh,
      })
      const cancel = (error: Error): void => exchange.abort(error)
      const head = await presence.during(exchange.head, cancel)
      if (head.status < 400) return { exchange, head, errorBody: undefined }
      return { exchange, head, errorBody: (await presence.during(exchange.text(ERROR_BODY_BYTES), cancel)) ?? '' }
    } catch (error) {
      if (error instanceof ClientGoneError) throw error
      return { error }
    } finally {
      if (fresh) void closeQuietly(dispatcher)
    }
  }

  #headers(call: Call, body: Body, token: Token): string[] {
    const { upstream } = this.#options
    const headers = requestHeaders(call.incoming.rawHeaders)
    const length = body.kind === 'stream' ? announcedLength(call.incoming) : undefined
    if (length !== undefined) headers.push('Content-Length', String(length))
    headers.push('Host', upstream.host, 'Authorization', `Basic ${token.value}`)
    return headers
  }

  async #deliver(
    request: RegistryRequest,
    call: Call,
    tried: Tried,
    presence: Presence,
    log: ForwardLog,
    startedAt: number,
  ): Promise<void> {
    if ('error' in tried) throw tried.error
    const { exchange, head, errorBody } = tried
    const answered = this.#publicHead(request, head, exchange)
    if (errorBody !== undefined) {
      deliverError(request, call, answered, errorBody, log)
      return
    }
    call.outgoing.writeHead(answered.status, [...answered.headers, ...call.ownHeaders()])
    const relay = new Relay(call, () => exchange.resume())
    exchange.into(relay)
    await presence.during(relay.done, (error) => exchange.abort(error))
    call.record.upstreamMs = this.#options.clock.now() - startedAt
  }

  #publicHead(request: RegistryRequest, head: ResponseHead, exchange: Exchange) {
    try {
      return publicHead(request, head.status, head.headers, this.#isUpstream)
    } catch (error) {
      if (!(error instanceof UnusableReferenceError)) throw error
      exchange.abort(error)
      throw new RegistryError(502, 'UNAVAILABLE', 'the upstream registry pointed to a place that is not its own', {
        cause: error,
      })
    }
  }

  /** Asks for a manifest on behalf of the proxy itself. */
  async #probe(
    probe: RegistryRequest,
    call: Call,
    token: Token,
    presence: Presence,
  ): Promise<{ status: number; body: string }> {
    const tried = await this.#try(probe, call, { kind: 'none' }, token, presence, true)
    if ('error' in tried) throw tried.error
    if (tried.errorBody === undefined) tried.exchange.abort(new Error('only an error was of interest'))
    return { status: tried.head.status, body: tried.errorBody ?? '' }
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => this.#options.clock.after(ms, resolve))
  }
}

async function takeBody(request: RegistryRequest, call: Call): Promise<Body> {
  if (!hasBody(call.incoming)) return { kind: 'none' }
  if (request.kind === 'manifest' && request.method === 'PUT') return { kind: 'held', bytes: await readManifest(call) }
  if (request.kind === 'upload' && request.method !== 'GET' && request.method !== 'DELETE') return { kind: 'stream' }
  throw new RegistryError(400, 'UNSUPPORTED', `${request.method} takes no body here`)
}

function repeatable(request: RegistryRequest, body: Body): Repeatable {
  if (body.kind === 'stream') return 'never'
  if (body.kind === 'held') return 'held'
  if (request.method === 'GET' || request.method === 'HEAD') return 'read'
  return request.method === 'POST' ? 'start' : 'refused'
}

/** Whether the upstream may have a whole layer or index to put together before it answers. */
function isAssembled(request: RegistryRequest): boolean {
  return request.method === 'PUT' || request.method === 'PATCH' || request.method === 'POST'
}

function outcome(request: RegistryRequest, tried: Tried): Outcome {
  if ('error' in tried) return { kind: isClosedWithoutAnswer(tried.error) ? 'closed' : 'failed' }
  const { status, headers } = tried.head
  return {
    kind: 'answer',
    status,
    verdict: tokenVerdict(request.method, status, tried.errorBody ?? ''),
    retryAfterSeconds: seconds(headerValue(headers, 'retry-after')),
  }
}

/** Retry-After in seconds; its date form is not worth waiting for. */
function seconds(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,6}$/.test(text) ? Number(text) : undefined
}

async function closeQuietly(dispatcher: Dispatcher): Promise<void> {
  // close() waits for the answer's body; a connection that fails has nothing left to close.
  await dispatcher.close().catch(() => {})
}
