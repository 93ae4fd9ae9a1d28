import assert from 'node:assert/strict'
import { Agent } from 'node:http'
import type { TestContext } from 'node:test'
import type { Dependencies } from '../../src/app.ts'
import { OPERATIONS } from '../../src/metrics/operation.ts'
import { digestOf } from '../simulator/store.ts'
import type { FakeCloudWatch } from './cloudwatch.ts'
import { type EmfEvent, emfTotal } from './emf.ts'
import { send } from './http-client.ts'
import { type Pair, startPair } from './pair.ts'
import { imageManifest, MANIFEST_TYPE } from './registry-client.ts'

const REPOSITORIES = 25
const BLOB = digestOf('{}')
const MANIFEST = imageManifest(BLOB, [BLOB])

/** One request of each kind of work that a client does, on one of several repositories. */
const WORK: ((repository: string) => [method: string, path: string, body?: string])[] = [
  (repository) => ['GET', `/v2/${repository}/manifests/v1`],
  (repository) => ['GET', `/v2/${repository}/blobs/${BLOB}`],
  () => ['GET', '/v2/'],
  (repository) => ['HEAD', `/v2/${repository}/manifests/v1`],
  (repository) => ['PUT', `/v2/${repository}/manifests/v1`, MANIFEST],
  (repository) => ['GET', `/v2/${repository}/tags/list`],
  (repository) => ['GET', `/v2/${repository}/manifests/missing`],
  (repository) => ['HEAD', `/v2/${repository}/blobs/${BLOB}`],
  (repository) => ['POST', `/v2/${repository}/blobs/uploads/`],
  (repository) => ['GET', `/v2/${repository.toUpperCase()}/manifests/v1`],
]

/** What a client has counted itself, by the names that the metrics have. */
class Counted {
  readonly #counts = new Map<string, number>()

  add(name: string, by: number): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + by)
  }

  get(name: string): number {
    return this.#counts.get(name) ?? 0
  }
}

const WORK_OPERATIONS = [
  'manifest-pull',
  'layer-pull',
  'other',
  'manifest-pull',
  'manifest-push',
  'tags',
  'manifest-pull',
  'layer-pull',
  'layer-push',
  'other',
] as const

/** Sends `requests` over 32 connections, kind after kind; a request that is not answered fails the test. */
export async function load(
  t: TestContext,
  { proxy }: Pair,
  requests: number,
  at: (index: number) => void,
): Promise<Counted> {
  const agent = new Agent({ keepAlive: true, maxSockets: 32 })
  t.after(() => agent.destroy())
  const counted = new Counted()
  const state = { next: 0 }
  const lane = async (): Promise<void> => {
    for (let i = state.next++; i < requests; i = state.next++) {
      at(i)
      const kind = i % WORK.length
      const repository = `team/app-${Math.floor(i / WORK.length) % REPOSITORIES}`
      const [method = '', path = '', body] = WORK[kind]?.(repository) ?? []
      const sent = body === undefined ? { agent } : { agent, body, headers: { 'Content-Length': String(body.length) } }
      const reply = await send(proxy, method, path, sent)
      const operation = WORK_OPERATIONS[kind]
      counted.add(`Requests ${operation}`, 1)
      counted.add(`ClientErrors ${operation}`, reply.status >= 400 && reply.status < 500 ? 1 : 0)
      counted.add(`ServerErrors ${operation}`, reply.status >= 500 ? 1 : 0)
      counted.add(`BytesIn ${operation}`, body?.length ?? 0)
      counted.add(`BytesOut ${operation}`, reply.body.length)
      const isDone = reply.status >= 200 && reply.status < 300
      if (isDone && method === 'GET' && kind === 0) counted.add(`ECRImagePulls ${repository}`, 1)
      if (isDone && method === 'PUT') counted.add(`ECRImagePushes ${repository}`, 1)
    }
  }
  await Promise.all(Array.from({ length: 32 }, lane))
  return counted
}

/** The proxy, with an image in each of the repositories. */
export async function prepared(
  t: TestContext,
  dependencies: Dependencies,
  environment: NodeJS.ProcessEnv = {},
): Promise<Pair> {
  const pair = await startPair(t, { dependencies, environment: { LOG_LEVEL: 'warn', ...environment } })
  for (let i = 0; i < REPOSITORIES; i++) {
    await pair.simulator.store.addBlob(`team/app-${i}`, '{}')
    pair.simulator.store.addManifest(`team/app-${i}`, MANIFEST, MANIFEST_TYPE, 'v1')
  }
  return pair
}

/** The client's own counts, and what a sink has been told of the same. */
export function assertTotals(
  counted: Counted,
  told: (name: string, dimensions: Record<string, string>) => number,
): void {
  for (const operation of OPERATIONS) {
    for (const name of ['Requests', 'ClientErrors', 'ServerErrors', 'BytesIn', 'BytesOut']) {
      assert.equal(told(name, { Operation: operation }), counted.get(`${name} ${operation}`), `${name} of ${operation}`)
    }
  }
  for (let i = 0; i < REPOSITORIES; i++) {
    const repository = `team/app-${i}`
    for (const name of ['ECRImagePulls', 'ECRImagePushes']) {
      assert.equal(
        told(name, { Repository: repository }),
        counted.get(`${name} ${repository}`),
        `${name} of ${repository}`,
      )
    }
  }
}

/** What CloudWatch has of a metric. */
export function ofCloudWatch(cloudWatch: FakeCloudWatch) {
  return (name: string, dimensions: Record<string, string>): number => cloudWatch.sum(name, dimensions)
}

/** What lines of the embedded metric format have of a metric. */
export function ofEmf(events: EmfEvent[]) {
  return (name: string, dimensions: Record<string, string>): number => emfTotal(events, name, dimensions)
}
