import { setTimeout as sleep } from 'node:timers/promises'
import {
  coldConnections,
  download,
  KeptConnections,
  paced,
  type Percentiles,
  percentiles,
  type RequestShape,
  type Target,
  upload,
} from './load.ts'
import type { Gauge } from './process.ts'

/** One figure of one subject; smaller is better unless the name says otherwise. */
export type Figures = Record<string, number>

export interface Scale {
  /** How often each subject is started; its time to ready is the median of these. */
  starts: number
  /** How often each subject has its turn at each kind of work. CPU is that of all turns together. */
  turns: number
  /** Requests of each kind in a turn. */
  requests: number
  /** Bytes of each kind of transfer in a turn. */
  bytes: number
  /** How often each subject has its turn at many uploads, at connections and at a steady rate; medians of these. */
  rounds: number
  /** Bytes of each of the uploads that run at once. */
  manyBytes: number
  coldConnections: number
  pacedSeconds: number
}

export const FULL: Scale = {
  starts: 3,
  turns: 10,
  requests: 5000,
  bytes: 2 ** 27,
  rounds: 3,
  manyBytes: 64 * 2 ** 20,
  coldConnections: 100,
  pacedSeconds: 5,
}
export const SHORT: Scale = {
  starts: 1,
  turns: 3,
  requests: 2000,
  bytes: 2 ** 26,
  rounds: 1,
  manyBytes: 8 * 2 ** 20,
  coldConnections: 50,
  pacedSeconds: 3,
}

/** Kept-alive connections that requests come over. */
export const CONNECTIONS = 32
/** Sent before a portion is counted: what was idle since the last turn has closed some connections to the upstream. */
const UNCOUNTED_REQUESTS = 10 * CONNECTIONS
const WARM_UP_ROUNDS = 2
const WARM_UP_REQUESTS = 5000
const WARM_UP_BYTES = 2 ** 28
const UPLOADS_AT_ONCE = 64
const PACE_PER_SECOND = 200
const GIB = 2 ** 30
const MANIFEST = '/v2/bench/app/manifests/1'
const LAYER = `/v2/bench/app/blobs/sha256:${'c'.repeat(64)}`
export const PULL: RequestShape = { method: 'GET', path: MANIFEST, status: 200 }

export const SHAPES: Record<string, RequestShape> = {
  'manifest GET': PULL,
  'manifest HEAD': { method: 'HEAD', path: MANIFEST, status: 200 },
  'layer 307': { method: 'GET', path: LAYER, status: 307 },
}

type Transfer = (target: Target, bytes: number) => Promise<unknown>

export const TRANSFERS: Record<string, Transfer> = {
  '1 GiB down': (target, bytes) => download(target, `${LAYER}?bytes=${bytes}`),
  '1 GiB up by PATCH': (target, bytes) => upload(target, 'PATCH', bytes),
  '1 GiB up by PUT': (target, bytes) => upload(target, 'PUT', bytes),
}

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
  readonly #handshakes: number[] = []
  readonly #added: Percentiles[] = []
  #idleMiB = Number.NaN

  constructor(target: Target, gauge: Gauge) {
    this.#target = target
    this.#gauge = gauge
    this.#connections = new KeptConnections(target, CONNECTIONS)
  }

  /** Before anything else was asked of the subject. */
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
    const all = entry(this.#requests, name, () => ({ cpuMs: 0, seconds: 0, latencies: [] }))
    all.cpuMs += this.#gauge.cpuMs() - before
    all.seconds += (performance.now() - startedAt) / 1000
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
    await coldConnections(this.#target, MANIFEST, count)
    this.#handshakes.push((this.#gauge.cpuMs() - before) / count)
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
    figures['cold TLS connection, CPU ms'] = median(this.#handshakes)
    figures['added latency p50, ms'] = median(this.#added.map(({ p50 }) => p50))
    figures['added latency p99, ms'] = median(this.#added.map(({ p99 }) => p99))
    return figures
  }

  async close(): Promise<void> {
    await this.#connections.close()
  }
}

/** The name of the figure that goals are set on, for a kind of request. */
export function requestFigure(name: string): string {
  return `${name}, CPU us per request`
}

/** The same for a kind of transfer. */
export function transferFigure(name: string): string {
  return `${name}, CPU s`
}

/** Latency at a steady rate. */
export async function steady(target: Target, seconds: number): Promise<Percentiles> {
  return paced(target, PULL, PACE_PER_SECOND, seconds)
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

function entry<T>(map: Map<string, T>, name: string, make: () => T): T {
  const known = map.get(name)
  if (known !== undefined) return known
  const made = make()
  map.set(name, made)
  return made
}
