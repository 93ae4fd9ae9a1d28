import { IN_FLIGHT_WHATEVER_MEMORY, LOAD_SAMPLE_MS } from '../limits.ts'
import type { RegistryRequest } from '../registry/request.ts'
import { Admission, type LoopLoad } from './admission.ts'
import { DelayGauge } from './delay-gauge.ts'
import type { QueueGauge } from './queue-gauge.ts'
import { startsWork } from './starts-work.ts'

export interface ShedderOptions {
  maxInFlight: number | 'off'
  /** Requests in flight now, the one in question included. */
  inFlight: () => number
  /** Of the event loop; 0 is no limit. */
  maxUtilization: number
  /** How late the event loop may be on average, in milliseconds; 0 is no limit. */
  maxDelayMs: number
  queue: QueueGauge
}

/** One sample of the event loop. */
export interface Sample extends Pick<LoopLoad, 'utilization' | 'cpu'> {
  /** Milliseconds. */
  lateMs: number
}

/** Decides which requests are turned away under load, and says for what (docs/request-handling.md: 24). */
export class Shedder {
  readonly #options: ShedderOptions
  readonly #admission: Admission
  readonly #delay = new DelayGauge()

  constructor(options: ShedderOptions) {
    this.#options = options
    this.#admission = new Admission(options.maxUtilization)
  }

  /** Takes how busy the event loop was since the last time, what the process had of a core, and how late this sample is. */
  sample({ utilization, cpu, lateMs }: Sample): void {
    this.#admission.adapt({ utilization, cpu, queued: this.#options.queue.take(), ms: LOAD_SAMPLE_MS + lateMs })
    this.#delay.sample(lateMs)
  }

  /** What there is too much of to start this request now, or undefined. */
  whyNot(request: RegistryRequest): string | undefined {
    if (!startsWork(request)) return undefined
    const { maxInFlight, inFlight, maxDelayMs, queue } = this.#options
    const inTurn = queue.start()
    if (maxInFlight !== 'off' && inFlight() > maxInFlight) return 'inFlight'
    if (!this.#admission.admits(inTurn)) return 'eventLoopUtilization'
    return maxDelayMs > 0 && this.#delay.meanMs > maxDelayMs ? 'eventLoopDelay' : undefined
  }

  /** The same while there is too much memory in use, by @fastify/under-pressure's name for which. */
  whyNotUnder(pressure: string, request: RegistryRequest): string | undefined {
    return startsWork(request) && this.#options.inFlight() > IN_FLIGHT_WHATEVER_MEMORY ? pressure : undefined
  }
}
