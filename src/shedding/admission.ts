import {
  ADMISSION_CUT,
  ADMISSION_GROWTH,
  ADMISSION_MIN,
  ADMISSION_RECOVERY,
  QUEUED_STARTS,
  STARTS_PER_TURN,
} from '../limits.ts'

/** Lets a share of what would start in, spread evenly; the share follows what the event loop can carry. */
export class Admission {
  readonly #maxUtilization: number
  #share = 1
  #credit = 0

  /** 0 lets everything in. */
  constructor(maxUtilization: number) {
    this.#maxUtilization = maxUtilization
  }

  /**
   * Takes how busy the event loop was since the last time, and how many starts its turns found waiting, on average. Busy
   * alone is no harm: bytes that stream by keep it busy, and nobody waits for it. With a queue as well it is an overload.
   */
  adapt(utilization: number, queued: number): void {
    const overloaded = this.#maxUtilization > 0 && utilization > this.#maxUtilization && queued > QUEUED_STARTS
    if (overloaded) {
      this.#share = Math.max(ADMISSION_MIN, this.#share * ADMISSION_CUT)
    } else {
      const hasRoom = utilization < this.#maxUtilization / 2
      this.#share = Math.min(1, this.#share * (hasRoom ? ADMISSION_RECOVERY : ADMISSION_GROWTH))
    }
  }

  /** Whether the next one is let in, being the start number `inTurn` of this turn of the event loop. */
  admits(inTurn: number): boolean {
    if (this.#share === 1) return true
    if (inTurn > STARTS_PER_TURN) return false
    this.#credit += this.#share
    if (this.#credit < 1) return false
    this.#credit -= 1
    return true
  }
}
