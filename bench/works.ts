import { setTimeout as sleep } from 'node:timers/promises'
import { coldConnections, download, paced, type RequestShape, requests, type Target, upload } from './load.ts'
import type { Gauge } from './process.ts'

/** One figure of one subject; smaller is better unless the name says otherwise. */
export type Figures = Record<string, number>

export interface Scale {
  /** Requests of a round of each kind. */
  requests: number
  /** Bytes of the big layer. */
  layerBytes: number
  /** Bytes of each of the uploads that run at once. */
  manyBytes: number
  coldConnections: number
  pacedSeconds: number
}

export const FULL: Scale = {
  requests: 12_000,
  layerBytes: 2 ** 30,
  manyBytes: 64 * 2 ** 20,
  coldConnections: 200,
  pacedSeconds: 10,
}
export const SHORT: Scale = {
  requests: 10_000,
  layerBytes: 2 ** 28,
  manyBytes: 8 * 2 ** 20,
  coldConnections: 50,
  pacedSeconds: 3,
}

const CONNECTIONS = 32
const WARM_UP_ROUNDS = 2
const WARM_UP_REQUESTS = 5000
const WARM_UP_BYTES = 2 ** 28
const UPLOADS_AT_ONCE = 64
const PACE_PER_SECOND = 200
const MANIFEST = '/v2/bench/app/manifests/1'
const LAYER = `/v2/bench/app/blobs/sha256:${'c'.repeat(64)}`
export const PULL: RequestShape = { method: 'GET', path: MANIFEST, status: 200 }

const SHAPES: Record<string, RequestShape> = {
  'manifest GET': PULL,
  'manifest HEAD': { method: 'HEAD', path: MANIFEST, status: 200 },
  'layer 307': { method: 'GET', path: LAYER, status: 307 },
}

/**
 * What a JIT or a pool still has to warm up is not the question: this runs for weeks. A Node that has just started needs two
 * to three times the CPU for its first ten thousand requests, and for its first half GiB; and as much again for the first
 * of each kind after another kind, because V8 throws code away that had seen only one, so all kinds come twice.
 */
async function warmUp(target: Target): Promise<void> {
  for (let round = 0; round < WARM_UP_ROUNDS; round += 1) {
    for (const shape of Object.values(SHAPES)) await requests(target, shape, CONNECTIONS, WARM_UP_REQUESTS)
    await download(target, `${LAYER}?bytes=${WARM_UP_BYTES}`)
    await upload(target, 'PATCH', WARM_UP_BYTES)
    await upload(target, 'PUT', WARM_UP_BYTES)
  }
}

/** Does all the work with one running subject. CPU figures are the subject's own, from the operating system. */
export async function measure(target: Target, gauge: Gauge, scale: Scale): Promise<Figures> {
  const figures: Figures = {}
  await sleep(1000)
  figures['idle RSS, MiB'] = gauge.residentMiB()
  await warmUp(target)

  for (const [name, shape] of Object.entries(SHAPES)) {
    const before = gauge.cpuMs()
    const rate = await requests(target, shape, CONNECTIONS, scale.requests)
    figures[`${name}, CPU us per request`] = ((gauge.cpuMs() - before) * 1000) / scale.requests
    figures[`${name}, requests per second`] = rate.perSecond
    figures[`${name}, p50 ms`] = rate.p50
    figures[`${name}, p99 ms`] = rate.p99
  }

  const perGiB = async (work: () => Promise<unknown>): Promise<number> => {
    const before = gauge.cpuMs()
    await work()
    return ((gauge.cpuMs() - before) / 1000) * (2 ** 30 / scale.layerBytes)
  }
  figures['1 GiB down, CPU s'] = await perGiB(() => download(target, `${LAYER}?bytes=${scale.layerBytes}`))
  figures['1 GiB up by PATCH, CPU s'] = await perGiB(() => upload(target, 'PATCH', scale.layerBytes))
  figures['1 GiB up by PUT, CPU s'] = await perGiB(() => upload(target, 'PUT', scale.layerBytes))

  gauge.resetPeak()
  await Promise.all(Array.from({ length: UPLOADS_AT_ONCE }, () => upload(target, 'PATCH', scale.manyBytes)))
  figures['64 uploads at once, peak RSS MiB'] = gauge.peakMiB()

  const before = gauge.cpuMs()
  await coldConnections(target, MANIFEST, scale.coldConnections)
  figures['cold TLS connection, CPU ms'] = (gauge.cpuMs() - before) / scale.coldConnections
  return figures
}

/** Latency at a steady rate, to be set against the same without a proxy. */
export async function steady(target: Target, scale: Scale): Promise<{ p50: number; p99: number }> {
  return paced(target, PULL, PACE_PER_SECOND, scale.pacedSeconds)
}
