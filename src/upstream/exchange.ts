import type { Readable } from 'node:stream'
import type { Dispatcher } from 'undici'
import { deferred } from '../deferred.ts'
import type { RawHeaders } from '../registry/headers.ts'

export interface OutgoingRequest {
  method: string
  /** The request-target. */
  path: string
  headers: string[]
  body: Readable | Buffer | null
  /** Longest silence before the answer, in milliseconds, counted from the end of the request. */
  silenceMs: number
  /** Never reuse the connection, neither before nor after. */
  ownConnection: boolean
}

export interface ResponseHead {
  status: number
  headers: RawHeaders
}

/** Takes a response body as it comes. */
export interface BodySink {
  /** False pauses the upstream until `resume`. */
  chunk(bytes: Buffer): boolean
  end(): void
  failed(error: Error): void
}

/** Held for a sink that is not attached yet, in bytes; the sink comes a few microtasks after the head. */
const MAX_HELD_BYTES = 64 * 1024

/** One request to the upstream and its answer: first the head, then the body into a sink. */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly #head = deferred<ResponseHead>()
  #controller: Dispatcher.DispatchController | undefined
  #aborted: Error | undefined
  #sink: BodySink | undefined
  #held: Buffer[] = []
  #heldBytes = 0
  #over: { error: Error | undefined } | undefined

  constructor(dispatcher: Dispatcher, request: OutgoingRequest) {
    const { method, path, headers, body, silenceMs, ownConnection } = request
    // undici closes the connection after each HEAD (undici#258) unless told not to; registry traffic is full of HEADs.
    dispatcher.dispatch({ method, path, headers, body, headersTimeout: silenceMs, reset: ownConnection }, this)
  }

  /** Rejects when no final response head came. */
  get head(): Promise<ResponseHead> {
    return this.#head.promise
  }

  /** Cancels at once, also a request that still waits for a connection. */
  abort(reason: Error): void {
    this.#aborted ??= reason
    this.#head.reject(reason)
    this.#controller?.abort(reason)
  }

  /** Passes the body to `sink`, from its first byte. */
  into(sink: BodySink): void {
    this.#sink = sink
    let more = true
    for (const chunk of this.#held) more = sink.chunk(chunk)
    this.#held = []
    if (this.#over !== undefined) this.#finish(sink, this.#over.error)
    else if (more) this.resume()
    else this.#controller?.pause()
  }

  resume(): void {
    this.#controller?.resume()
  }

  /** The body as text, or undefined when it is longer than `limit` bytes. Rejects when it breaks off. */
  async text(limit: number): Promise<string | undefined> {
    return new Promise((resolve, reject) => {
      const chunks: Buffer[] = []
      let bytes = 0
      this.into({
        chunk: (chunk) => {
          bytes += chunk.length
          if (bytes <= limit) chunks.push(chunk)
          else {
            resolve(undefined)
            this.abort(new Error('the body is too long'))
          }
          return true
        },
        end: () => resolve(Buffer.concat(chunks).toString('utf8')),
        failed: reject,
      })
    })
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#aborted !== undefined) controller.abort(this.#aborted)
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number): void {
    // 102 and 103 precede the answer.
    if (status < 200) return
    this.#head.resolve({ status, headers: rawHeaders(controller) })
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#sink === undefined) {
      this.#held.push(chunk)
      this.#heldBytes += chunk.length
      if (this.#heldBytes >= MAX_HELD_BYTES) controller.pause()
    } else if (!this.#sink.chunk(chunk)) controller.pause()
  }

  onResponseEnd(): void {
    this.#over = { error: undefined }
    if (this.#sink !== undefined) this.#finish(this.#sink, undefined)
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (this.#over !== undefined) return
    this.#over = { error }
    this.#head.reject(error)
    if (this.#sink !== undefined) this.#finish(this.#sink, error)
  }

  #finish(sink: BodySink, error: Error | undefined): void {
    if (error === undefined) sink.end()
    else sink.failed(error)
  }
}

/** The head's lines as they came; HTTP header bytes are latin1. */
function rawHeaders(controller: Dispatcher.DispatchController): string[] {
  const raw = controller.rawHeaders
  return Array.isArray(raw) ? raw.map((part) => (typeof part === 'string' ? part : part.toString('latin1'))) : []
}
