import type { Writable } from 'node:stream'
import type { LogStream } from './log.ts'

/**
 * Writes the lines of one turn of the event loop together: under load that is one system call for many access lines, and
 * none is held longer than the turn in which it was written.
 */
export class TurnBatch implements LogStream {
  readonly #out: Writable
  #lines = ''

  constructor(out: Writable) {
    this.#out = out
    // A log that nobody reads any more (EPIPE) is no reason to stop serving.
    out.on('error', () => {})
  }

  write(line: string): void {
    if (this.#lines === '') setImmediate(() => this.flush())
    this.#lines += line
  }

  /** Writes what is left; for the end of the process, which no turn follows. */
  flush(): void {
    const lines = this.#lines
    this.#lines = ''
    if (lines !== '') this.#out.write(lines)
  }
}
