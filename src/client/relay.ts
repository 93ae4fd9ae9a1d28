import { CLIENT_IDLE_MS } from '../limits.ts'
import { Deferred } from '../deferred.ts'
import type { Call } from './call.ts'
import { endAnswer } from './linger.ts'
import type { TransferBuffers } from './transfer-buffers.ts'

/** Takes a response body as it comes. */
export interface BodySink {
  /** False pauses the upstream until `resume`. */
  chunk(bytes: Buffer): boolean
  end(): void
  failed(error: Error): void
}

/**
 * Passes an upstream's body on to the client, with back pressure both ways. A body that breaks off breaks the client's
 * transfer too; it is never ended as if it were whole (docs/request-handling.md: 19).
 */
export class Relay implements BodySink {
  readonly #call: Call
  readonly #buffers: TransferBuffers
  readonly #resume: () => void
  readonly #done = new Deferred<void>()
  #buffered = false
  #idle: NodeJS.Timeout | undefined

  constructor(call: Call, buffers: TransferBuffers, resume: () => void) {
    this.#call = call
    this.#buffers = buffers
    this.#resume = resume
    call.onEnd(() => {
      clearTimeout(this.#idle)
      if (this.#buffered) this.#buffers.leave()
      this.#done.resolve()
    })
  }

  /** Settles when the upstream's body has ended or broken off, or the client has left. */
  get done(): Promise<void> {
    return this.#done.promise
  }

  chunk(bytes: Buffer): boolean {
    const { outgoing, record } = this.#call
    record.bytesOut += bytes.length
    if (outgoing.write(bytes)) return true
    if (!this.#buffered) {
      // Only a body that is larger than the socket's own buffer takes part.
      this.#buffered = true
      this.#buffers.enter()
    }
    if (outgoing.writableLength < this.#buffers.share) return true
    // What an exchange held back comes at once, pause or not, and waits for one drain.
    if (outgoing.destroyed || this.#idle !== undefined) return false
    this.#idle = setTimeout(() => outgoing.destroy(), CLIENT_IDLE_MS).unref()
    outgoing.once('drain', () => {
      clearTimeout(this.#idle)
      this.#idle = undefined
      this.#resume()
    })
    return false
  }

  end(): void {
    endAnswer(this.#call)
    this.#done.resolve()
  }

  failed(): void {
    const { outgoing, record } = this.#call
    // A client that has left ends the upstream's body, too.
    if (!outgoing.destroyed) record.upstreamErrors += 1
    outgoing.destroy()
    this.#done.resolve()
  }
}
