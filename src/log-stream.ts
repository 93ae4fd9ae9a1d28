import type { Writable } from 'node:stream'
import { LOG_QUEUE_BYTES } from './limits.ts'
import type { LogStream } from './log.ts'

/**
 * Writes the lines of one turn of the event loop together: under load that is one system call for many access lines, and
 * none is held longer than the turn in which it was written. A pipe that nobody reads does not stop Node, which keeps what
 * waits in memory: beyond a bound lines are lost, and the next that is written says how many.
 */
export class TurnBatch implements LogStream {
  readonly #out: Writable
  readonly #largestWrite: number
  #lines = ''
  #bytes = 0
  #count = 0
  #lost = 0

  /** `largestWrite` in bytes; lines that together are more are written one after the other, each whole. */
  constructor(out: Writable, largestWrite = Number.POSITIVE_INFINITY) {
    this.#out = out
    this.#largestWrite = largestWrite
    // What waits for a slow reader Node would write together, which is more than is allowed at once.
    if (Number.isFinite(largestWrite)) Object.assign(out, { _writev: null })
    // A log that nobody reads any more (EPIPE) is no reason to stop serving.
    out.on('error', () => {})
  }

  write(line: string): void {
    const bytes = Buffer.byteLength(line)
    if (this.#bytes + bytes > this.#largestWrite) this.flush()
    if (this.#lines === '') setImmediate(() => this.flush())
    this.#lines += line
    this.#bytes += bytes
    this.#count += 1
  }

  /** Writes what is left; for the end of the process, which no turn follows. */
  flush(): void {
    const [lines, count] = [this.#lines, this.#count]
    this.#lines = ''
    this.#bytes = 0
    this.#count = 0
    if (lines === '') return
    if (this.#out.writableLength > LOG_QUEUE_BYTES) {
      this.#lost += count
      return
    }
    if (this.#lost > 0) this.#out.write(lossLine(this.#lost))
    this.#lost = 0
    this.#out.write(lines)
  }
}

/** In the form of the log's other lines, as a warning. */
function lossLine(lines: number): string {
  const msg = 'lines of the log were lost, because nobody read it'
  return `${JSON.stringify({ level: 40, time: Date.now(), pid: process.pid, lines, msg })}\n`
}
