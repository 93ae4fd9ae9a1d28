import type { Writable } from 'node:stream'

/** A body that is read while it is sent. */
export interface StreamedBody {
  /** Starts, as soon as there is a connection. Whatever ends it early destroys `out` with the reason. */
  sendTo(out: Writable): void
  /** Sends no more, and leaves the rest to whoever reads next. */
  stop(): void
}

/** Takes a response body as it comes. */
export interface BodySink {
  /** False pauses the upstream until `resume`. */
  chunk(bytes: Buffer): boolean
  end(): void
  failed(error: Error): void
}
