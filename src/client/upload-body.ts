import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import { CLIENT_IDLE_MS, UPSTREAM_IDLE_MS } from '../limits.ts'
import type { Call, CallRecord } from './call.ts'
import { ClientGoneError } from './presence.ts'

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
 * A request body on its way upstream, with back pressure and without a copy. Whoever destroys it leaves the client's
 * connection alone: destroying an IncomingMessage closes its socket, and the client would never see an early refusal.
 */
export class UploadBody extends Readable {
  readonly #incoming: IncomingMessage
  readonly #record: CallRecord
  #waitsFor: 'client' | 'upstream' = 'upstream'
  #timer: NodeJS.Timeout

  constructor({ incoming, record }: Call) {
    super()
    this.#incoming = incoming
    this.#record = record
    this.#timer = this.#arm(UPSTREAM_IDLE_MS)
    // Whoever reads it is told by the error too; when nobody does, because no connection could be made, it must not end the process.
    this.on('error', () => {})
    incoming.on('data', this.#onData).on('end', this.#onEnd).on('close', this.#onClose)
    // Listening to data makes a stream flow; it shall flow when the upstream asks.
    incoming.pause()
  }

  override _read(): void {
    if (this.#waitsFor === 'client') return
    this.#wait('client', CLIENT_IDLE_MS)
    this.#incoming.resume()
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    clearTimeout(this.#timer)
    this.#incoming.off('data', this.#onData).off('end', this.#onEnd).off('close', this.#onClose)
    callback(error)
  }

  readonly #onData = (chunk: Buffer): void => {
    this.#record.bytesIn += chunk.length
    if (this.push(chunk)) {
      this.#timer.refresh()
    } else {
      this.#incoming.pause()
      this.#wait('upstream', UPSTREAM_IDLE_MS)
    }
  }

  readonly #onEnd = (): void => {
    // undici watches an upstream's silence only once it has passed the whole body on; until then the rest is ours to watch.
    this.#wait('upstream', UPSTREAM_IDLE_MS)
    this.push(null)
  }

  readonly #onClose = (): void => {
    if (!this.#incoming.complete) this.destroy(new ClientGoneError('the client left during its upload'))
  }

  #wait(side: 'client' | 'upstream', ms: number): void {
    clearTimeout(this.#timer)
    this.#waitsFor = side
    this.#timer = this.#arm(ms)
  }

  #arm(ms: number): NodeJS.Timeout {
    return setTimeout(() => this.destroy(new UploadStalledError(this.#waitsFor)), ms).unref()
  }
}
