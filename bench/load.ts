import https from 'node:https'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Dispatcher, Pool } from 'undici'
import { CIPHERS, KEPT_MS } from './ends.ts'
import { type Percentiles, percentiles } from './statistics.ts'

const CHUNK = Buffer.alloc(256 * 1024)
/** Kept-alive connections that requests come over. */
export const CONNECTIONS = 32

/** Where the load goes. */
export interface Target {
  origin: string
  ca: string
}

export interface RequestShape {
  method: 'GET' | 'HEAD'
  path: string
  status: number
}

/** Connections that are kept from one portion of requests to the next, as long as the subject keeps them. */
export class KeptConnections {
  readonly #pool: Pool

  constructor(target: Target) {
    this.#pool = poolTo(target)
  }

  /** Sends `count` requests, over each connection the next as soon as the one before it is answered. Returns their latencies in milliseconds. */
  async requests(shape: RequestShape, count: number): Promise<number[]> {
    const latencies: number[] = []
    let left = count
    const lane = async (): Promise<void> => {
      while (left > 0) {
        left -= 1
        latencies.push(await timed(this.#pool, shape))
      }
    }
    await Promise.all(Array.from({ length: CONNECTIONS }, lane))
    return latencies
  }

  async close(): Promise<void> {
    await this.#pool.destroy()
  }
}

/** Sends requests at a steady rate, whether or not the ones before them are answered. */
export async function paced(
  target: Target,
  shape: RequestShape,
  perSecond: number,
  seconds: number,
): Promise<Percentiles> {
  const pool = poolTo(target)
  const started: Promise<number>[] = []
  const startedAt = performance.now()
  try {
    for (let i = 0; i < perSecond * seconds; i += 1) {
      const dueIn = startedAt + (i * 1000) / perSecond - performance.now()
      if (dueIn > 0) await sleep(dueIn)
      const latency = timed(pool, shape)
      // Heard of below; until then it is no reason to end without stopping what runs.
      latency.catch(() => undefined)
      started.push(latency)
    }
    return percentiles(await Promise.all(started))
  } finally {
    await pool.destroy()
  }
}

function poolTo({ origin, ca }: Target): Pool {
  return new Pool(origin, { connections: CONNECTIONS, connect: { ca, ciphers: CIPHERS }, keepAliveTimeout: KEPT_MS })
}

async function timed(pool: Pool, { method, path, status }: RequestShape): Promise<number> {
  const sentAt = performance.now()
  // undici would close the connection after a HEAD.
  const response: Dispatcher.ResponseData = await pool.request({ method, path, reset: false })
  await response.body.dump()
  if (response.statusCode !== status) throw new Error(`${method} ${path} was answered ${response.statusCode}`)
  return performance.now() - sentAt
}

/** Opens `count` connections one after the other, each with a full handshake and one request. */
export async function coldConnections(target: Target, path: string, count: number): Promise<void> {
  for (let i = 0; i < count; i += 1) {
    const agent = new https.Agent({ ca: target.ca, ciphers: CIPHERS, maxCachedSessions: 0 })
    await roundTrip(`${target.origin}${path}`, { agent, method: 'GET' }, undefined)
    agent.destroy()
  }
}

/** Downloads the body of so many bytes at `path` and throws it away. */
export async function download(target: Target, path: string, bytes: number): Promise<void> {
  const options = { ca: target.ca, ciphers: CIPHERS, agent: false }
  const came = await roundTrip(`${target.origin}${path}`, options, undefined)
  if (came !== bytes) throw new Error(`GET ${path} came with ${came} bytes, expected ${bytes}`)
}

/** Uploads zeros, with their length announced or chunked. */
export async function upload(target: Target, method: 'PATCH' | 'PUT', bytes: number): Promise<void> {
  const headers = method === 'PUT' ? { 'Content-Length': bytes } : { 'Transfer-Encoding': 'chunked' }
  const path = '/v2/bench/app/blobs/uploads/1'
  await roundTrip(
    `${target.origin}${path}`,
    { ca: target.ca, ciphers: CIPHERS, agent: false, method, headers },
    zeros(bytes),
  )
}

function* zeros(bytes: number): Generator<Buffer> {
  for (let left = bytes; left > 0; left -= CHUNK.length) yield left >= CHUNK.length ? CHUNK : CHUNK.subarray(0, left)
}

/** Returns how many bytes the answer had. Throws unless it is 2xx: a refusal costs little, and would pass for a cheap transfer. */
async function roundTrip(
  url: string,
  options: https.RequestOptions,
  body: Iterable<Buffer> | undefined,
): Promise<number> {
  const request = https.request(url, options)
  const answered = new Promise<number>((resolve, reject) => {
    request.once('error', reject).once('response', (response) => {
      const { statusCode = 0 } = response
      if (statusCode < 200 || statusCode > 299) {
        reject(new Error(`${request.method} ${request.path} was answered ${statusCode}`))
        request.destroy()
        return
      }
      let bytes = 0
      response
        .on('data', (chunk: Buffer) => {
          bytes += chunk.length
        })
        .once('end', () => resolve(bytes))
        .once('error', reject)
    })
  })
  // Both are waited for from the start, so that neither failure is an unhandled rejection.
  const [bytes] = await Promise.all([
    answered,
    body === undefined ? request.end() : pipeline(Readable.from(body), request),
  ])
  return bytes
}
