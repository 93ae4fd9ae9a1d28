import { IN_FLIGHT_WHATEVER_MEMORY } from '../limits.ts'
import type { RegistryRequest } from '../registry/request.ts'
import { Admission, type LoopLoad } from './admission.ts'
import type { QueueGauge } from './queue-gauge.ts'
import { startsWork } from './starts-work.ts'

export interface ShedderOptions {
  maxInFlight: number | 'off'
  /** Requests in flight now, the one in question included. */
  inFlight: () => number
  /** Of the event loop; 0 is no limit. */
  maxUtilization: number
  queue: QueueGauge
}

/** Decides which requests are turned away under load, and says for what (docs/request-handling.md: 24). */
export class Shedder {
  readonly #options: ShedderOptions
  readonly #admission: Admission

  constructor(options: ShedderOptions) {
    this.#options = options
    this.#admission = new Admission(options.maxUtilization)
  }

  /** Takes how busy the event loop was since the last time, and what the process had of a core. */
  sample(load: Pick<LoopLoad, 'utilization' | 'cpu'>): void {
    this.#admission.adapt({ ...load, queued: this.#options.queue.take() })
  }

  /** What there is too much of to start this request now, or undefined. */
  whyNot(request: RegistryRequest): string | undefined {
    if (!startsWork(request)) return undefined
    const { maxInFlight, inFlight, queue } = this.#options
    const inTurn = queue.start()
    if (maxInFlight !== 'off' && inFlight() > maxInFlight) return 'inFlight'
    return this.#admission.admits(inTurn) ? undefined : 'eventLoopUtilization'
  }

  /** The same while there is too much of `pressure`, by the names of @fastify/under-pressure. */
  whyNotUnder(pressure: string, request: RegistryRequest): string | undefined {
    if (!startsWork(request)) return undefined
    const ofMemory = pressure === 'heapUsedBytes' || pressure === 'rssBytes'
    return ofMemory && this.#options.inFlight() <= IN_FLIGHT_WHATEVER_MEMORY ? undefined : pressure
  }
}
