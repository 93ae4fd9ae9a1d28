import type { IncomingMessage } from 'node:http'
import type { Writable } from 'node:stream'
import { CLIENT_IDLE_MS, UPSTREAM_IDLE_MS } from '../limits.ts'
import type { Call, CallRecord } from './call.ts'
import { ClientGoneError } from './presence.ts'
import type { TransferBuffers } from './transfer-buffers.ts'

/** A body that is read while it is sent. */
export interface StreamedBody {
  /** Starts, as soon as there is a connection. Whatever ends it early destroys `out` with the reason. */
  sendTo(out: Writable): void
  /** Sends no more, and leaves the rest to whoever reads next. */
  stop(): void
}

/** No byte of a request body moved for too long; `side` did not do its part. */
export class UploadStalledError extends Error {
  override readonly name = 'UploadStalledError'
  readonly side: 'client' | 'upstream'

  constructor(side: 'client' | 'upstream') {
    super(`the upload made no progress because of the ${side}`)
    this.side = side
  }
}

/**
 * A request body on its way upstream, with back pressure and without a copy. Whatever ends it leaves the client's
 * connection alone: destroying an IncomingMessage closes its socket, and the client would never see an early refusal.
 */
export class UploadBody implements StreamedBody {
  readonly #incoming: IncomingMessage
  readonly #record: CallRecord
  readonly #buffers: TransferBuffers
  #out: Writable | undefined
  #waitsFor: 'client' | 'upstream' = 'client'
  #timer: NodeJS.Timeout | undefined

  constructor({ incoming, record }: Call, buffers: TransferBuffers) {
    this.#incoming = incoming
    this.#record = record
    this.#buffers = buffers
  }

  sendTo(out: Writable): void {
    this.#out = out
    this.#buffers.enter()
    out.on('drain', this.#onDrain).on('finish', this.#onFinish)
    this.#wait('client')
    this.#incoming.on('data', this.#onData).on('end', this.#onEnd).on('close', this.#onClose)
  }

  stop(): void {
    clearTimeout(this.#timer)
    if (this.#out === undefined) return
    this.#buffers.leave()
    this.#out.off('drain', this.#onDrain).off('finish', this.#onFinish)
    this.#out = undefined
    this.#incoming.off('data', this.#onData).off('end', this.#onEnd).off('close', this.#onClose)
  }

  readonly #onData = (chunk: Buffer): void => {
    this.#record.bytesIn += chunk.length
    if (this.#takes(chunk)) {
      this.#timer?.refresh()
    } else {
      this.#incoming.pause()
      this.#wait('upstream')
    }
  }

  #takes(chunk: Buffer): boolean {
    const out = this.#out
    // A socket asks for a pause after 16 KiB, which is one TLS record (docs/performance.md).
    return out !== undefined && (out.write(chunk) || out.writableLength < this.#buffers.share)
  }

  readonly #onDrain = (): void => {
    if (this.#waitsFor === 'client' || this.#incoming.readableEnded) return
    this.#wait('client')
    this.#incoming.resume()
  }

  readonly #onEnd = (): void => {
    this.#wait('upstream')
    this.#out?.end()
  }

  readonly #onFinish = (): void => clearTimeout(this.#timer)

  readonly #onClose = (): void => {
    if (!this.#incoming.complete) this.#fail(new ClientGoneError('the client left during its upload'))
  }

  #wait(side: 'client' | 'upstream'): void {
    clearTimeout(this.#timer)
    this.#waitsFor = side
    const ms = side === 'client' ? CLIENT_IDLE_MS : UPSTREAM_IDLE_MS
    this.#timer = setTimeout(() => this.#fail(new UploadStalledError(side)), ms).unref()
  }

  #fail(error: Error): void {
    const out = this.#out
    this.stop()
    out?.destroy(error)
  }
}
