import type { BodySink } from '../client/relay.ts'
import { Deferred } from '../deferred.ts'
import { GrowingBuffer } from '../growing-buffer.ts'
import { HELD_ANSWER_BYTES } from '../limits.ts'
import type { RawHeaders } from '../registry/headers.ts'
import type { Authorization } from './authorization.ts'

export interface OutgoingRequest {
  method: string
  /** The request-target. */
  path: string
  /** All but Host and Authorization; Content-Length where the body has one. */
  headers: string[]
  authorization: Authorization
  body: Buffer | null
  /** Longest silence before the answer, in milliseconds, counted from the end of the request. */
  silenceMs: number
}

export interface ResponseHead {
  status: number
  headers: RawHeaders
}

/** Gets from a carrier what comes back; a failure may follow anything and is then the last. */
export interface AnswerEvents extends BodySink {
  began(status: number, headers: RawHeaders): void
}

/** What takes one request to the upstream: a connection of a pool, or one of its own. */
export interface Carrier {
  pause(): void
  resume(): void
  /** Cancels at once, also a request that still waits for a connection. */
  abort(reason: Error): void
}

/** One request to the upstream and its answer: first the head, then the body into a sink. */
export class Exchange implements AnswerEvents {
  readonly #head = new Deferred<ResponseHead>()
  readonly #carrier: Carrier
  #sink: BodySink | undefined
  #held: Buffer[] = []
  #heldBytes = 0
  #over: { error: Error | undefined } | undefined

  constructor(carry: (answer: AnswerEvents) => Carrier) {
    this.#carrier = carry(this)
  }

  /** Rejects when no final response head came. */
  get head(): Promise<ResponseHead> {
    return this.#head.promise
  }

  /** Cancels at once. */
  abort(reason: Error): void {
    this.#head.reject(reason)
    this.#carrier.abort(reason)
  }

  /** Passes the body to `sink`, from its first byte. */
  into(sink: BodySink): void {
    this.#sink = sink
    let more = true
    for (const chunk of this.#held) more = sink.chunk(chunk)
    this.#held = []
    if (this.#over !== undefined) tell(sink, this.#over.error)
    else if (more) this.resume()
    else this.#carrier.pause()
  }

  resume(): void {
    this.#carrier.resume()
  }

  /** The whole body, or undefined when it is longer than `limit` bytes. Rejects when it breaks off. */
  async body(limit: number): Promise<Buffer | undefined> {
    return new Promise((resolve, reject) => {
      const held = new GrowingBuffer(limit)
      this.into({
        chunk: (chunk) => {
          if (!held.append(chunk)) {
            resolve(undefined)
            this.abort(new Error('the body is too long'))
          }
          return true
        },
        end: () => resolve(held.bytes()),
        failed: reject,
      })
    })
  }

  began(status: number, headers: RawHeaders): void {
    this.#head.resolve({ status, headers })
  }

  chunk(bytes: Buffer): boolean {
    if (this.#sink !== undefined) return this.#sink.chunk(bytes)
    this.#held.push(bytes)
    this.#heldBytes += bytes.length
    return this.#heldBytes < HELD_ANSWER_BYTES
  }

  end(): void {
    this.#finish(undefined)
  }

  failed(error: Error): void {
    this.#finish(error)
  }

  #finish(error: Error | undefined): void {
    if (this.#over !== undefined) return
    this.#over = { error }
    if (error !== undefined) this.#head.reject(error)
    if (this.#sink !== undefined) tell(this.#sink, error)
  }
}

function tell(sink: BodySink, error: Error | undefined): void {
  if (error === undefined) sink.end()
  else sink.failed(error)
}
