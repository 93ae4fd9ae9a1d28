import type { Socket } from 'node:net'
import type { Random } from '../soak/random.ts'

/** What one direction of a link does to what goes through it; changed while it runs. */
export interface LaneFaults {
  /** Each piece comes so much later, in milliseconds, and up to `jitterMs` more; the order stays. */
  delayMs: number
  jitterMs: number
  bytesPerSecond: number
  /** Nothing passes, and nothing is lost. */
  held: boolean
  /** A connection ends once so many bytes have passed in this direction. */
  cut: { afterBytes: number; by: 'rst' | 'fin' } | undefined
}

export const CALM: Readonly<LaneFaults> = {
  delayMs: 0,
  jitterMs: 0,
  bytesPerSecond: Number.POSITIVE_INFINITY,
  held: false,
  cut: undefined,
}

/** What is under way in a lane before it reads no more: a long line's worth. */
const WINDOW_BYTES = 1024 * 1024

/** libuv takes bytes and an RST that it finds together for bytes and a FIN, so the RST comes later. */
const RESET_AFTER_MS = 20

interface Piece {
  /** Undefined for the FIN. */
  bytes: Buffer | undefined
  dueAt: number
}

export interface LaneOptions {
  from: Socket
  to: Socket
  faults: LaneFaults
  random: Random
  /** Called when a fault has done something to a piece. */
  onHit: () => void
  /** Resets both sides of the connection. */
  reset: () => void
}

/** One direction of one connection: what comes in at `from` goes out at `to`, as its faults have it. */
export class Lane {
  readonly #options: LaneOptions
  #pieces: Piece[] = []
  #waitingBytes = 0
  #passedBytes = 0
  #lastDueAt = 0
  #timer: NodeJS.Timeout | undefined
  #full = false
  #over = false
  /** The side that bytes come from has gone, and the other has not learnt it. */
  #gone = false
  /** Nothing can be written any more, and the side that bytes come from has not learnt it. */
  #unwanted = false

  constructor(options: LaneOptions) {
    this.#options = options
    const { from, to } = options
    from.on('data', (bytes: Buffer) => this.#take(bytes)).on('end', () => this.#take(undefined))
    from.once('close', () => this.#closed())
    to.once('close', () => {
      this.#unwanted = true
      this.pass()
    })
    to.on('drain', () => {
      this.#full = false
      this.pass()
    })
  }

  /** Passes on what is due. */
  pass(): void {
    const { from, to, faults } = this.#options
    clearTimeout(this.#timer)
    if (this.#gone && !faults.held) to.resetAndDestroy()
    // As the host of a process that has closed its socket answers what still comes. Else a proxy has a client for ever that
    // left in the middle of an answer.
    if (this.#unwanted && !faults.held && !from.readableEnded) from.resetAndDestroy()
    while (!this.#over && !this.#full && !faults.held) {
      const [piece] = this.#pieces
      if (piece === undefined) break
      const wait = piece.dueAt - performance.now()
      if (wait > 0) {
        this.#timer = setTimeout(() => this.pass(), wait).unref()
        break
      }
      this.#pieces.shift()
      this.#waitingBytes -= piece.bytes?.length ?? 0
      if (piece.bytes === undefined) to.end()
      else this.#write(piece.bytes)
    }
    if (this.#waitingBytes < WINDOW_BYTES) from.resume()
  }

  #take(bytes: Buffer | undefined): void {
    const { from, faults, random, onHit } = this.#options
    const { delayMs, jitterMs, bytesPerSecond, held } = faults
    const late = delayMs + random.next() * jitterMs
    if (late > 0 || held || Number.isFinite(bytesPerSecond)) onHit()
    const arrivedAt = performance.now() + late
    this.#lastDueAt = Math.max(arrivedAt, this.#lastDueAt) + ((bytes?.length ?? 0) * 1000) / bytesPerSecond
    this.#pieces.push({ bytes, dueAt: this.#lastDueAt })
    this.#waitingBytes += bytes?.length ?? 0
    if (this.#waitingBytes >= WINDOW_BYTES) from.pause()
    this.pass()
  }

  #write(bytes: Buffer): void {
    const { to, faults, onHit, reset } = this.#options
    const { cut } = faults
    const left = cut === undefined ? Number.POSITIVE_INFINITY : Math.max(0, cut.afterBytes - this.#passedBytes)
    const passing = bytes.subarray(0, left)
    this.#passedBytes += passing.length
    if (!to.write(passing)) this.#full = true
    if (cut === undefined || passing.length === bytes.length) return
    onHit()
    this.#over = true
    this.#pieces = []
    if (cut.by === 'rst') setTimeout(reset, RESET_AFTER_MS)
    // Half of the connection is closed; the other half still stands, and what comes in here goes nowhere.
    else to.end()
  }

  /** One side has gone without a FIN; the other learns it as soon as something passes. */
  #closed(): void {
    if (this.#options.from.readableEnded || this.#over) return
    this.#over = true
    this.#gone = true
    this.pass()
  }
}
