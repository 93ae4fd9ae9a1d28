import type { Dispatcher } from 'undici'
import { type AnswerEvents, type Carrier, Exchange, type OutgoingRequest } from './exchange.ts'
import type { HeadWriter } from './head-writer.ts'
import type { Places, Waiting } from './places.ts'
import { errors } from './undici.ts'

/** A pool of connections that are kept. */
export interface KeptConnections {
  pool: Dispatcher
  /** Writes what the pool shall not see. */
  heads: HeadWriter
  /**
   * One for each connection, so that nothing waits within the pool: a request whose client has left cannot be taken out of
   * that queue, and what waits there when a connection fails may wait for ever (a certificate of another name).
   */
  places: Places
}

/** Sends a request over one of the connections, when it has one for itself. */
export function sendPooled(connections: KeptConnections, request: OutgoingRequest): Exchange {
  return new Exchange((answer) => new PooledRequest(connections, request, answer))
}

/**
 * undici's handler of one request, of the kind that takes a head as it came: for the newer kind undici puts all headers
 * into an object, which nobody here reads.
 */
class PooledRequest implements Dispatcher.DispatchHandler, Carrier, Waiting {
  readonly #connections: KeptConnections
  readonly #request: OutgoingRequest
  readonly #answer: AnswerEvents
  #cancel: ((reason: Error) => void) | undefined
  #continue: (() => void) | undefined
  #paused = false
  #aborted: Error | undefined
  #status = 0

  constructor(connections: KeptConnections, request: OutgoingRequest, answer: AnswerEvents) {
    this.#connections = connections
    this.#request = request
    this.#answer = answer
    connections.places.take(this)
  }

  begin(): void {
    const { method, path, headers, body, silenceMs } = this.#request
    // undici closes the connection after each HEAD (undici#258) unless told not to; registry traffic is full of HEADs.
    this.#connections.pool.dispatch({ method, path, headers, body, headersTimeout: silenceMs, reset: false }, this)
  }

  pause(): void {
    this.#paused = true
  }

  resume(): void {
    if (!this.#paused) return
    this.#paused = false
    this.#continue?.()
  }

  abort(reason: Error): void {
    this.#aborted ??= reason
    if (!this.#connections.places.leave(this)) this.#cancel?.(reason)
  }

  onConnect(cancel: (reason?: Error) => void): void {
    // Before a byte was written; `cancel` would close the connection.
    if (this.#aborted !== undefined) throw this.#aborted
    this.#cancel = cancel
    this.#connections.heads.next(this.#request.authorization.line)
  }

  onHeaders(status: number, raw: Buffer[], resume: () => void): boolean {
    this.#continue = resume
    // 102 and 103 precede the answer. HTTP header bytes are latin1.
    if (status >= 200) {
      this.#status = status
      this.#answer.began(
        status,
        raw.map((part) => part.toString('latin1')),
      )
    }
    return !this.#paused
  }

  onData(chunk: Buffer): boolean {
    if (!this.#answer.chunk(chunk)) this.#paused = true
    return !this.#paused
  }

  onComplete(): void {
    this.#connections.places.give()
    this.#answer.end()
  }

  onError(error: Error): void {
    this.#connections.places.give()
    if (this.#hasNoBody && error instanceof errors.ResponseContentLengthMismatchError) this.#answer.end()
    else this.#answer.failed(error)
  }

  /** Such an answer may carry the length of what it stands for (RFC 9110, section 8.6); undici reports the absent bytes as a mismatch. */
  get #hasNoBody(): boolean {
    return this.#status === 204 || this.#status === 304
  }
}
