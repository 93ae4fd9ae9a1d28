import type { Call, CallRecord } from '../client/call.ts'
import { ClientGoneError, type Presence } from '../client/presence.ts'
import { Relay } from '../client/relay.ts'
import { UploadBody, UploadStalledError } from '../client/upload-body.ts'
import { unavailable } from '../client/unavailable.ts'
import type { Token } from '../ecr/token-source.ts'
import { ERROR_BODY_BYTES, UPSTREAM_ASSEMBLY_MS, UPSTREAM_HEAD_MS } from '../limits.ts'
import { RegistryError } from '../registry/errors.ts'
import { requestHeaders } from '../registry/headers.ts'
import { UnusableReferenceError } from '../registry/location.ts'
import { type RegistryRequest, upstreamTarget } from '../registry/request.ts'
import { type PublicHead, publicHead } from '../registry/response-head.ts'
import { Stopwatch } from '../stopwatch.ts'
import { textOf } from './content-coding.ts'
import { deliverError } from './error-answer.ts'
import type { Exchange, OutgoingRequest, ResponseHead } from './exchange.ts'
import { upstreamFailure } from './failure.ts'
import type { ForwarderContext, ForwardLog } from './forwarder.ts'
import { explainClosed } from './missing-repository.ts'
import { contentLength, NO_BODY, type RequestPayload, repeatable } from './request-payload.ts'
import { isThrottling, type Repeatable, RetryPolicy } from './retry-policy.ts'
import { outcome, reason, type Tried } from './tried.ts'

export interface PassageOptions {
  request: RegistryRequest
  call: Call
  body: RequestPayload
  presence: Presence
  log: ForwardLog
}

/** The way of one request to the upstream and of its answer back, with every try that it takes. */
export class Passage {
  readonly #context: ForwarderContext
  readonly #options: PassageOptions
  readonly #repeatable: Repeatable

  constructor(context: ForwarderContext, options: PassageOptions) {
    this.#context = context
    this.#options = options
    this.#repeatable = repeatable(options.request, options.body)
  }

  /** Ends with the client's answer, or throws what is to be answered instead. */
  async run(): Promise<void> {
    const { tokens, renewals, clock, random, budget } = this.#context
    const { request, call, body, presence, log } = this.#options
    let token = tokens.current ?? (await presence.during(tokens.acquire()))
    if (body.kind === 'stream') token = await presence.during(renewals.unrefused(token))
    // Made now, so that waiting for the token takes nothing from the time for retries.
    const policy = new RetryPolicy(this.#repeatable, clock, random, budget)
    let fresh = false
    let tried: Tried

    tries: for (;;) {
      tried = await this.#try(request, body, token, fresh)
      const step = policy.next(outcome(request, tried))
      switch (step.do) {
        case 'deliver':
          break tries
        case 'renew':
          log.warn({ tokenAgeMs: Math.round(tokens.ageMs(token)) }, 'upstream refused the token; renewing it')
          token = await presence.during(renewals.renew(token))
          break
        case 'renew-if-doubtful': {
          const newer = await presence.during(tokens.renewIfDoubtful(token))
          if (newer === undefined) break tries
          token = newer
          break
        }
        case 'give-up-token':
          // A streamed body is lost, but the client is asked to come back, and nothing else may notice the refusal for hours.
          if (body.kind === 'stream') renewals.renew(token).catch(() => {})
          throw unavailable('the upstream registry refused the credentials of the proxy', reason(tried))
        case 'again':
          fresh = step.fresh
          if (step.afterMs > 0) await presence.during(this.#wait(step.afterMs))
          break
        case 'explain':
          // The tries before may have taken longer than the token had left.
          throw await explainClosed(request, (probe) => this.#probe(probe, tokens.current ?? token))
        case 'fail':
          throw upstreamFailure(reason(tried))
        default:
          step satisfies never
      }
    }
    const { upstream } = call.record
    upstream?.goOn()
    try {
      await this.#deliver(tried)
    } finally {
      upstream?.stop()
    }
  }

  async #try(request: RegistryRequest, body: RequestPayload, token: Token, fresh: boolean): Promise<Tried> {
    const { senders, tokens, clock } = this.#context
    const { call, presence } = this.#options
    const { record } = call
    record.upstream ??= new Stopwatch(clock)
    record.upstream.goOn()
    record.tries += 1
    record.tokenAgeMs = tokens.ageMs(token)
    const outgoing: OutgoingRequest = {
      method: request.method,
      path: upstreamTarget(request),
      headers: this.#headers(request, body),
      authorization: this.#context.authorization(token),
      body: body.kind === 'held' ? body.bytes : null,
      silenceMs: isAssembled(request, body) ? UPSTREAM_ASSEMBLY_MS : UPSTREAM_HEAD_MS,
    }
    const upload = body.kind === 'stream' ? new UploadBody(call, this.#context.buffers) : undefined
    // What cannot be sent again does not go on a connection that may be closing.
    const alone = fresh || this.#repeatable === 'never' || this.#repeatable === 'after-refusal'
    let head: ResponseHead | undefined
    try {
      const exchange = alone ? senders.alone(outgoing, upload) : senders.pooled(outgoing)
      presence.cancels((error) => exchange.abort(error))
      head = await exchange.head
      noteStatus(record, head.status)
      if (head.status < 400) return { exchange, head, errorBody: undefined }
      const body = await exchange.body(ERROR_BODY_BYTES)
      const errorBody = body === undefined ? '' : textOf(body, head.headers, ERROR_BODY_BYTES)
      return { exchange, head, errorBody }
    } catch (error) {
      presence.check()
      if (!isServerError(head?.status)) noteFailure(record, error)
      return { error, answerBegan: head !== undefined }
    } finally {
      record.upstream.stop()
    }
  }

  #headers({ method }: RegistryRequest, body: RequestPayload): string[] {
    const { incoming } = this.#options.call
    const headers = requestHeaders(incoming.rawHeaders)
    const length = contentLength(method, body, incoming)
    if (length !== undefined) headers.push('Content-Length', String(length))
    return headers
  }

  /** Begins the client's answer; what is returned settles when all of its body has come, or cannot come any more. */
  #deliver(tried: Tried): Promise<void> | undefined {
    const { request, call, log } = this.#options
    if ('error' in tried) throw upstreamFailure(tried.error)
    const { exchange, head, errorBody } = tried
    const shown = this.#publicHead(head, exchange)
    if (errorBody !== undefined) {
      deliverError(request, call, shown, errorBody, log)
      return undefined
    }
    shown.headers.push(...call.ownHeaders())
    call.outgoing.writeHead(shown.status, shown.headers)
    const relay = new Relay(call, this.#context.buffers, () => exchange.resume())
    exchange.into(relay)
    return relay.done
  }

  #publicHead(head: ResponseHead, exchange: Exchange): PublicHead {
    try {
      return publicHead(this.#options.request, head.status, head.headers, this.#context.isUpstream)
    } catch (error) {
      if (!(error instanceof UnusableReferenceError)) throw error
      exchange.abort(error)
      throw new RegistryError(502, 'UNAVAILABLE', 'the upstream registry pointed to a place that is not its own', {
        cause: error,
      })
    }
  }

  /** Asks for a manifest on behalf of the proxy itself. */
  async #probe(probe: RegistryRequest, token: Token): Promise<{ status: number; body: string }> {
    const tried = await this.#try(probe, NO_BODY, token, true)
    if ('error' in tried) throw tried.error
    if (tried.errorBody === undefined) tried.exchange.abort(new Error('only an error was of interest'))
    return { status: tried.head.status, body: tried.errorBody ?? '' }
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => this.#context.clock.after(ms, resolve))
  }
}

function isServerError(status = 0): boolean {
  return status >= 500
}

function noteStatus(record: CallRecord, status: number): void {
  if (isServerError(status)) record.upstreamErrors += 1
  if (isThrottling(status)) record.throttles += 1
}

function noteFailure(record: CallRecord, error: unknown): void {
  const isOfClient =
    error instanceof ClientGoneError || (error instanceof UploadStalledError && error.side === 'client')
  if (!isOfClient) record.upstreamErrors += 1
}

/** Whether the upstream may have a whole layer or index to put together before it answers. */
function isAssembled({ method }: RegistryRequest, { kind }: RequestPayload): boolean {
  return method === 'PUT' || kind !== 'none'
}
