import {
  ADMISSION_CUT,
  ADMISSION_GROWTH,
  ADMISSION_MIN,
  ADMISSION_RECOVERY,
  OVERLOADED_SAMPLES,
  QUEUED_STARTS,
  QUEUED_STARTS_AT_FIRST,
  STARTS_PER_TURN,
} from '../limits.ts'

/** Lets a share of what would start in, spread evenly; the share follows what the event loop can carry. */
export class Admission {
  readonly #maxUtilization: number
  #share = 1
  #credit = 0
  /** Samples of an overload, one after the other, while all is still let in. */
  #overloads = 0

  /** 0 lets everything in. */
  constructor(maxUtilization: number) {
    this.#maxUtilization = maxUtilization
  }

  /**
   * Takes how busy the event loop was since the last time, and how many starts its turns found waiting, on average. Busy
   * alone is no harm: bytes that stream by keep it busy, and nobody waits for it. With a queue as well it is an overload.
   */
  adapt(utilization: number, queued: number): void {
    const enough = this.#share === 1 ? QUEUED_STARTS_AT_FIRST : QUEUED_STARTS
    const overloaded = this.#maxUtilization > 0 && utilization > this.#maxUtilization && queued > enough
    if (this.#share === 1) {
      this.#overloads = overloaded ? this.#overloads + 1 : 0
      if (this.#overloads < OVERLOADED_SAMPLES) return
      this.#overloads = 0
    }
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
