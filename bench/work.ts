import { setTimeout as sleep } from 'node:timers/promises'
import { coldConnections, CONNECTIONS, KeptConnections, paced, type RequestShape, type Target, upload } from './load.ts'
import type { Gauge } from './process.ts'
import { median, type Percentiles, percentiles } from './statistics.ts'
import { type Figures, PULL, requestFigure, SHAPES, type Transfer, transferFigure, TRANSFERS } from './works.ts'

/** Sent before a portion is counted: connections on both sides have been idle since the last turn, and some have closed. */
const UNCOUNTED_REQUESTS = 10 * CONNECTIONS
const WARM_UP_ROUNDS = 2
const WARM_UP_REQUESTS = 5000
const WARM_UP_BYTES = 2 ** 28
const UPLOADS_AT_ONCE = 64
const PACE_PER_SECOND = 200
const GIB = 2 ** 30

/** What all turns of one kind of request came to. */
interface Requests {
  cpuMs: number
  seconds: number
  latencies: number[]
}

/** What all turns of one kind of transfer came to. */
interface Transferred {
  cpuMs: number
  bytes: number
}

/** All work that one running subject has done. CPU figures are the subject's own, from the operating system. */
export class Work {
  readonly #target: Target
  readonly #gauge: Gauge
  readonly #connections: KeptConnections
  readonly #requests = new Map<string, Requests>()
  readonly #transferred = new Map<string, Transferred>()
  readonly #peaks: number[] = []
  readonly #handshakes = { cpuMs: 0, count: 0 }
  readonly #added: Percentiles[] = []
  #idleMiB = Number.NaN

  constructor(target: Target, gauge: Gauge) {
    this.#target = target
    this.#gauge = gauge
    this.#connections = new KeptConnections(target)
  }

  /** To be called before there was any load. */
  async rest(): Promise<void> {
    await sleep(1000)
    this.#idleMiB = this.#gauge.residentMiB()
  }

  /**
   * What a JIT or a pool still has to warm up is not the question: this runs for weeks. A Node that has just started needs two
   * to three times the CPU for its first ten thousand requests, and for its first half GiB; and as much again for the first
   * of each kind after another kind, because V8 throws code away that had seen only one, so all kinds come twice.
   */
  async warmUp(): Promise<void> {
    for (let round = 0; round < WARM_UP_ROUNDS; round += 1) {
      for (const shape of Object.values(SHAPES)) await this.#connections.requests(shape, WARM_UP_REQUESTS)
      for (const transfer of Object.values(TRANSFERS)) await transfer(this.#target, WARM_UP_BYTES)
    }
  }

  async requests(name: string, shape: RequestShape, count: number): Promise<void> {
    await this.#connections.requests(shape, UNCOUNTED_REQUESTS)
    const [before, startedAt] = [this.#gauge.cpuMs(), performance.now()]
    const latencies = await this.#connections.requests(shape, count)
    const endedAt = performance.now()
    const all = entry(this.#requests, name, () => ({ cpuMs: 0, seconds: 0, latencies: [] }))
    all.cpuMs += this.#gauge.cpuMs() - before
    all.seconds += (endedAt - startedAt) / 1000
    all.latencies.push(...latencies)
  }

  async transfer(name: string, transfer: Transfer, bytes: number): Promise<void> {
    const before = this.#gauge.cpuMs()
    await transfer(this.#target, bytes)
    const all = entry(this.#transferred, name, () => ({ cpuMs: 0, bytes: 0 }))
    all.cpuMs += this.#gauge.cpuMs() - before
    all.bytes += bytes
  }

  async manyUploads(bytesOfEach: number): Promise<void> {
    this.#gauge.resetPeak()
    await Promise.all(Array.from({ length: UPLOADS_AT_ONCE }, () => upload(this.#target, 'PATCH', bytesOfEach)))
    this.#peaks.push(this.#gauge.peakMiB())
  }

  async handshakes(count: number): Promise<void> {
    const before = this.#gauge.cpuMs()
    await coldConnections(this.#target, PULL.path, count)
    this.#handshakes.cpuMs += this.#gauge.cpuMs() - before
    this.#handshakes.count += count
  }

  /** Latency at a steady rate, set against `direct`, the same without a proxy. */
  async steady(seconds: number, direct: Percentiles): Promise<void> {
    const through = await steady(this.#target, seconds)
    this.#added.push({ p50: through.p50 - direct.p50, p99: through.p99 - direct.p99 })
  }

  figures(): Figures {
    const figures: Figures = { 'idle RSS, MiB': this.#idleMiB }
    for (const [name, { cpuMs, seconds, latencies }] of this.#requests) {
      const { p50, p99 } = percentiles(latencies)
      figures[requestFigure(name)] = (cpuMs * 1000) / latencies.length
      figures[`${name}, requests per second`] = latencies.length / seconds
      figures[`${name}, p50 ms`] = p50
      figures[`${name}, p99 ms`] = p99
    }
    for (const [name, { cpuMs, bytes }] of this.#transferred) {
      figures[transferFigure(name)] = (cpuMs / 1000) * (GIB / bytes)
    }
    figures['64 uploads at once, peak RSS MiB'] = median(this.#peaks)
    figures['cold TLS connection, CPU ms'] = this.#handshakes.cpuMs / this.#handshakes.count
    figures['added latency p50, ms'] = median(this.#added.map(({ p50 }) => p50))
    figures['added latency p99, ms'] = median(this.#added.map(({ p99 }) => p99))
    return figures
  }

  async close(): Promise<void> {
    await this.#connections.close()
  }
}

/** Latency at a steady rate. */
export async function steady(target: Target, seconds: number): Promise<Percentiles> {
  return paced(target, PULL, PACE_PER_SECOND, seconds)
}

function entry<T>(map: Map<string, T>, name: string, make: () => T): T {
  const known = map.get(name)
  if (known !== undefined) return known
  const made = make()
  map.set(name, made)
  return made
}
