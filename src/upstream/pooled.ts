import type { Dispatcher } from 'undici'
import { type AnswerEvents, type Carrier, Exchange, type OutgoingRequest } from './exchange.ts'
import type { HeadWriter } from './head-writer.ts'

/** Sends a request over a connection of a pool, which is kept for the next one; `heads` writes what the pool shall not see. */
export function sendPooled(pool: Dispatcher, heads: HeadWriter, request: OutgoingRequest): Exchange {
  return new Exchange((answer) => new PooledRequest(pool, heads, request, answer))
}

/**
 * undici's handler of one request, of the kind that takes a head as it came: for the newer kind undici puts all headers
 * into an object, which nobody here reads.
 */
class PooledRequest implements Dispatcher.DispatchHandler, Carrier {
  readonly #answer: AnswerEvents
  readonly #heads: HeadWriter
  readonly #authorization: Buffer
  #cancel: ((reason: Error) => void) | undefined
  #continue: (() => void) | undefined
  #paused = false
  #aborted: Error | undefined

  constructor(pool: Dispatcher, heads: HeadWriter, request: OutgoingRequest, answer: AnswerEvents) {
    const { method, path, headers, authorization, body, silenceMs } = request
    this.#answer = answer
    this.#heads = heads
    this.#authorization = authorization.line
    // undici closes the connection after each HEAD (undici#258) unless told not to; registry traffic is full of HEADs.
    pool.dispatch({ method, path, headers, body, headersTimeout: silenceMs, reset: false }, this)
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
    this.#cancel?.(reason)
  }

  onConnect(cancel: (reason?: Error) => void): void {
    this.#cancel = cancel
    if (this.#aborted === undefined) this.#heads.next(this.#authorization)
    else cancel(this.#aborted)
  }

  onHeaders(status: number, raw: Buffer[], resume: () => void): boolean {
    this.#continue = resume
    // 102 and 103 precede the answer. HTTP header bytes are latin1.
    if (status >= 200) {
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
    this.#answer.end()
  }

  onError(error: Error): void {
    this.#answer.failed(error)
  }
}
