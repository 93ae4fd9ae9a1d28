import {
  ADMISSION_CREEP,
  ADMISSION_CUT,
  ADMISSION_GROWTH,
  ADMISSION_MIN,
  ADMISSION_RECOVERY,
  ADMISSION_UNQUEUED,
  CALM_SAMPLES,
  CERTAIN_CPU,
  NEARLY_BUSY,
  NEARLY_QUEUED_STARTS,
  OVERLOADED_MS,
  OVERLOADED_SAMPLES,
  QUEUED_STARTS,
  QUEUED_STARTS_AT_FIRST,
  STARTS_PER_TURN,
} from '../limits.ts'

/** What the event loop was like since the last time. */
export interface LoopLoad {
  /** The share of the time that it was busy, or looked so because others had its core. */
  utilization: number
  /** The share of a core that the process had (CpuGauge). */
  cpu: number
  /** Starts that its turns found waiting, on average. */
  queued: number
  /** How long ago that was, in milliseconds. */
  ms: number
}

/** Lets a share of what would start in, spread evenly; the share follows what the event loop can carry. */
export class Admission {
  readonly #maxUtilization: number
  #share = 1
  #credit = 0
  /** Samples of an overload that is not believed yet, one after the other. */
  #suspicions = 0
  /** How long they lasted, of those in which the process had its core, in milliseconds. */
  #certainMs = 0
  /** Samples since the share was back at all after the last overload. */
  #calm = CALM_SAMPLES
  /** Whether the loop had half of its limit to spare in the last sample. */
  #hasRoom = true

  /** 0 lets everything in. */
  constructor(maxUtilization: number) {
    this.#maxUtilization = maxUtilization
  }

  /**
   * Busy alone is no harm: bytes that stream by keep the loop busy, and nobody waits for it. With a queue as well it is an
   * overload. One that comes out of the calm must last, and for longer where the process may not have had its core.
   */
  adapt({ utilization, cpu, queued, ms }: LoopLoad): void {
    const isCalm = this.#isCalm
    this.#hasRoom = utilization < this.#maxUtilization / 2
    const enough = isCalm ? QUEUED_STARTS_AT_FIRST : QUEUED_STARTS
    const overloaded = this.#maxUtilization > 0 && utilization > this.#maxUtilization && queued > enough
    this.#suspicions = overloaded ? this.#suspicions + 1 : 0
    this.#certainMs = overloaded && cpu > CERTAIN_CPU ? this.#certainMs + ms : 0
    const isCertain = this.#certainMs >= OVERLOADED_MS || this.#suspicions >= OVERLOADED_SAMPLES
    if (overloaded && (!isCalm || isCertain)) {
      this.#calm = 0
      this.#share = Math.max(ADMISSION_MIN, this.#share * ADMISSION_CUT)
    } else if (this.#share === 1) {
      this.#calm += 1
    } else {
      this.#share = Math.min(1, this.#share * this.#growth(utilization, queued))
    }
  }

  #growth(utilization: number, queued: number): number {
    if (this.#hasRoom) return ADMISSION_RECOVERY
    if (queued <= 1) return ADMISSION_UNQUEUED
    const isNear = utilization >= this.#maxUtilization * NEARLY_BUSY && queued >= NEARLY_QUEUED_STARTS
    return isNear ? ADMISSION_CREEP : ADMISSION_GROWTH
  }

  /** Whether the next one is let in, being the start number `inTurn` of this turn of the event loop. */
  admits(inTurn: number): boolean {
    // The limit of a turn is for an overload that comes back, and there is none with so much room.
    if (this.#isCalm || (this.#share === 1 && this.#hasRoom)) return true
    if (inTurn > STARTS_PER_TURN) return false
    this.#credit += this.#share
    if (this.#credit < 1) return false
    this.#credit -= 1
    return true
  }

  get #isCalm(): boolean {
    return this.#calm >= CALM_SAMPLES
  }
}
