import type { Dispatcher } from 'undici'
import type { RawHeaders } from '../registry/headers.ts'
import { type AnswerEvents, type Carrier, Exchange, type OutgoingRequest } from './exchange.ts'

/** Sends a request over a connection of a pool, which is kept for the next one. */
export function sendPooled(pool: Dispatcher, request: OutgoingRequest): Exchange {
  return new Exchange((answer) => new PooledRequest(pool, request, answer))
}

/** undici's handler of one request. */
class PooledRequest implements Dispatcher.DispatchHandler, Carrier {
  readonly #answer: AnswerEvents
  #controller: Dispatcher.DispatchController | undefined
  #aborted: Error | undefined

  constructor(pool: Dispatcher, request: OutgoingRequest, answer: AnswerEvents) {
    this.#answer = answer
    const { method, path, headers, body, silenceMs } = request
    // undici closes the connection after each HEAD (undici#258) unless told not to; registry traffic is full of HEADs.
    pool.dispatch({ method, path, headers, body, headersTimeout: silenceMs, reset: false }, this)
  }

  pause(): void {
    this.#controller?.pause()
  }

  resume(): void {
    this.#controller?.resume()
  }

  abort(reason: Error): void {
    this.#aborted ??= reason
    this.#controller?.abort(reason)
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#aborted !== undefined) controller.abort(this.#aborted)
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number): void {
    // 102 and 103 precede the answer.
    if (status >= 200) this.#answer.head(status, rawHeaders(controller))
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (!this.#answer.chunk(chunk)) controller.pause()
  }

  onResponseEnd(): void {
    this.#answer.end()
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#answer.failed(error)
  }
}

/** The head's lines as they came; HTTP header bytes are latin1. */
function rawHeaders({ rawHeaders: raw }: Dispatcher.DispatchController): RawHeaders {
  return Array.isArray(raw) ? raw.map((part) => (typeof part === 'string' ? part : part.toString('latin1'))) : []
}
