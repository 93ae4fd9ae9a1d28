import type { Writable } from 'node:stream'
import type { LogStream } from './log.ts'

/**
 * Writes the lines of one turn of the event loop together: under load that is one system call for many access lines, and
 * none is held longer than the turn in which it was written.
 */
export class TurnBatch implements LogStream {
  readonly #out: Writable
  readonly #largestWrite: number
  #lines = ''
  #bytes = 0

  /** `largestWrite` in bytes; lines that together are more are written one after the other, each whole. */
  constructor(out: Writable, largestWrite = Number.POSITIVE_INFINITY) {
    this.#out = out
    this.#largestWrite = largestWrite
    // A log that nobody reads any more (EPIPE) is no reason to stop serving.
    out.on('error', () => {})
  }

  write(line: string): void {
    const bytes = Buffer.byteLength(line)
    if (this.#bytes + bytes > this.#largestWrite) this.flush()
    if (this.#lines === '') setImmediate(() => this.flush())
    this.#lines += line
    this.#bytes += bytes
  }

  /** Writes what is left; for the end of the process, which no turn follows. */
  flush(): void {
    const lines = this.#lines
    this.#lines = ''
    this.#bytes = 0
    if (lines !== '') this.#out.write(lines)
  }
}
