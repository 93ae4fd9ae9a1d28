import assert from 'node:assert/strict'
import { Agent } from 'node:http'
import type { TestContext } from 'node:test'
import { test } from 'node:test'
import { CloudWatchSink } from '../../src/metrics/cloudwatch-sink.ts'
import { EmfSink } from '../../src/metrics/emf-sink.ts'
import { OPERATIONS } from '../../src/metrics/operation.ts'
import { digestOf } from '../simulator/store.ts'
import { CLOUDWATCH_REGION, cloudWatchFor, type FakeCloudWatch } from '../support/cloudwatch.ts'
import { emfEvent, type EmfEvent, emfEvents, emfTotal, emfValues } from '../support/emf.ts'
import { send } from '../support/http-client.ts'
import { type Pair, startPair } from '../support/pair.ts'
import { imageManifest, MANIFEST_TYPE } from '../support/registry-client.ts'
import { until } from '../support/until.ts'

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
async function load(t: TestContext, { proxy }: Pair, requests: number, at: (index: number) => void): Promise<Counted> {
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

async function prepared(t: TestContext, dependencies: object, environment: NodeJS.ProcessEnv = {}): Promise<Pair> {
  const pair = await startPair(t, { dependencies, environment: { LOG_LEVEL: 'warn', ...environment } })
  for (let i = 0; i < REPOSITORIES; i++) {
    await pair.simulator.store.addBlob(`team/app-${i}`, '{}')
    pair.simulator.store.addManifest(`team/app-${i}`, MANIFEST, MANIFEST_TYPE, 'v1')
  }
  return pair
}

/** The client's own counts, and what a sink has been told of the same. */
function assertTotals(counted: Counted, told: (name: string, dimensions: Record<string, string>) => number): void {
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

function ofCloudWatch(cloudWatch: FakeCloudWatch) {
  return (name: string, dimensions: Record<string, string>): number => cloudWatch.sum(name, dimensions)
}

function ofEmf(events: EmfEvent[]) {
  return (name: string, dimensions: Record<string, string>): number => emfTotal(events, name, dimensions)
}

test("10,000 mixed requests: both sinks have the client's counts, and CloudWatch's death in their midst is not seen", async (t) => {
  const cloudWatch = await cloudWatchFor(t)
  const lines: string[] = []
  const sinks = [
    new CloudWatchSink('Custom/ecr_reverse_proxy', cloudWatch.client()),
    new EmfSink('Custom/ecr_reverse_proxy', (line) => lines.push(line)),
  ]
  const metricsSink = {
    deliveries: (window: Parameters<EmfSink['deliveries']>[0]) => sinks.flatMap((sink) => sink.deliveries(window)),
    close: () => sinks.map((sink) => sink.close()),
  }
  const pair = await prepared(t, { metricsSink })
  const requests = 10_000
  const changes: Promise<void>[] = []
  const counted = await load(t, pair, requests, (i) => {
    if (i === 3000) changes.push(cloudWatch.down())
  })
  await Promise.all(changes)
  assert.equal(changes.length, 1)
  assert.equal(
    OPERATIONS.reduce((sum, operation) => sum + counted.get(`ServerErrors ${operation}`), 0),
    0,
  )
  const failure = (): boolean => pair.proxy.log.some(({ msg }) => String(msg).startsWith('metrics cannot be sent'))
  await until(failure, 'a failed flush', 15_000)
  await cloudWatch.up()
  await pair.proxy.close()
  assertTotals(counted, ofCloudWatch(cloudWatch))
  assertTotals(counted, ofEmf(emfEvents(lines.join(''))))
  assert.equal(cloudWatch.count('Duration', { Operation: 'tags' }), counted.get('Requests tags'))
})

test('METRICS=emf: lines among those of the log, and the rest at the end', async (t) => {
  const lines: string[] = []
  const logStream = { write: (line: string) => void lines.push(line) }
  const pair = await prepared(t, { logStream }, { METRICS: 'emf', METRICS_NAMESPACE: 'Team A', LOG_LEVEL: 'info' })
  const counted = await load(t, pair, 200, () => {})
  await pair.proxy.close()
  const [emf, log] = [lines.filter((line) => line.includes('_aws')), lines.filter((line) => !line.includes('_aws'))]
  const events = emf.map((line) => emfEvent(line.trimEnd()))
  assertTotals(counted, ofEmf(events))
  assert.equal(emfValues(events, 'Duration', { Operation: 'tags' }).length, counted.get('Requests tags'))
  assert.deepEqual(new Set(events.map(({ namespace }) => namespace)), new Set(['Team A']))
  const messages = log.map((line) => JSON.parse(line))
  const { metrics, reason } = messages.find(({ msg }) => msg === 'where metrics go')
  assert.deepEqual({ metrics, reason }, { metrics: 'emf', reason: 'METRICS=emf' })
})

test('REGION alone: metrics go to CloudWatch, every METRICS_INTERVAL and at the end', async (t) => {
  const cloudWatch = await cloudWatchFor(t)
  const environment = {
    REGION: CLOUDWATCH_REGION,
    METRICS_INTERVAL: '1s',
    METRICS_REPOSITORIES: '25',
    LOG_LEVEL: 'info',
  }
  const pair = await prepared(t, { cloudWatchClient: cloudWatch.client() }, environment)
  const counted = await load(t, pair, 200, () => {})
  await until(() => cloudWatch.calls.length > 0, 'the first call', 10_000)
  await pair.proxy.close()
  assertTotals(counted, ofCloudWatch(cloudWatch))
  const choice = pair.proxy.log.find(({ msg }) => msg === 'where metrics go')
  assert.deepEqual([choice?.['metrics'], choice?.['reason']], ['cloudwatch', 'REGION is set'])
})

test('repositories beyond METRICS_REPOSITORIES count as other, which the log says once', async (t) => {
  const cloudWatch = await cloudWatchFor(t)
  const environment = { REGION: CLOUDWATCH_REGION, METRICS_REPOSITORIES: '2' }
  const pair = await prepared(t, { cloudWatchClient: cloudWatch.client() }, environment)
  await load(t, pair, 250, () => {})
  await pair.proxy.close()
  const named = new Set(cloudWatch.calls.flatMap(({ data }) => data.map(({ dimensions }) => dimensions['Repository'])))
  assert.equal(named.size - 1, 3)
  assert.equal(cloudWatch.sum('ECRImagePulls', { Repository: 'other' }), 23)
  const told = pair.proxy.log.filter(({ msg }) => String(msg).startsWith('metrics tell no more repositories apart'))
  assert.deepEqual(
    told.map(({ maxRepositories }) => maxRepositories),
    [2],
  )
})

test('METRICS=off sends nothing, and the numbers are there all the same', async (t) => {
  const cloudWatch = await cloudWatchFor(t)
  const environment = { REGION: CLOUDWATCH_REGION, METRICS: 'off', METRICS_INTERVAL: '1s' }
  const pair = await prepared(t, { cloudWatchClient: cloudWatch.client() }, environment)
  await load(t, pair, 10, () => {})
  await pair.proxy.close()
  assert.equal(pair.proxy.app.metrics.snapshot().operations['manifest-pull'].requests, 3)
  assert.equal(cloudWatch.requests.requests.length, 0)
})

test('a CloudWatch that hangs is not seen by clients, and holds the end up by no more than its limit', async (t) => {
  const cloudWatch = await cloudWatchFor(t)
  cloudWatch.faults.add({ listener: 'cloudwatch', times: 100, action: { kind: 'stall' } })
  const environment = { REGION: CLOUDWATCH_REGION, METRICS_INTERVAL: '1s' }
  const pair = await prepared(t, { cloudWatchClient: cloudWatch.client() }, environment)
  await cloudWatch.requests.waitFor(({ bodyBytes }) => bodyBytes > 0, 10_000)
  const counted = await load(t, pair, 100, () => {})
  assert.equal(counted.get('Requests manifest-pull'), 30)
  const startedAt = performance.now()
  await pair.proxy.close()
  assert.ok(performance.now() - startedAt < 8000)
  const told = pair.proxy.log.filter(({ msg }) => String(msg).startsWith('metrics cannot be sent'))
  assert.equal(told.length, 1)
})
