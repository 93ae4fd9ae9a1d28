// docs/request-handling.md: 22
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { test } from 'node:test'
import type { Totals } from '../../src/metrics/snapshot.ts'
import { rateExceeded } from '../simulator/fault-presets.ts'
import type { Simulator } from '../simulator/simulator.ts'
import { digestOf } from '../simulator/store.ts'
import { FakeClock } from '../support/fake-clock.ts'
import { open, send } from '../support/http-client.ts'
import { type Pair, startPair } from '../support/pair.ts'
import {
  imageManifest,
  MANIFEST_TYPE,
  pullImage,
  pushImage,
  putManifest,
  startUpload,
} from '../support/registry-client.ts'
import { startScripted } from '../support/scripted-upstream.ts'
import { until } from '../support/until.ts'

const NO_JITTER = { dependencies: { random: () => 0 } }
const TAGS = '/v2/team/app/tags/list'

/** The snapshot once this many requests have been counted; an answer is there before its end is. */
async function countedUpTo({ proxy }: Pair, requests: number) {
  const counted = (): number =>
    Object.values(proxy.app.metrics.snapshot().operations).reduce((sum, each) => sum + each.requests, 0)
  await until(() => counted() >= requests, 'the requests to be counted')
  assert.equal(counted(), requests)
  return proxy.app.metrics.snapshot()
}

/** What did not go as it should. */
function troubles(totals: Totals): Partial<Totals> {
  return Object.fromEntries(Object.entries(totals).filter(([name, value]) => name !== 'tokenRefreshes' && value > 0))
}

test('a push and a pull are counted by operation, and the image once each', async (t) => {
  const pair = await startPair(t)
  const { proxy } = pair
  const layers = [Buffer.alloc(100_000, 'a'), Buffer.alloc(5, 'b')]
  await pushImage(proxy, 'team/deep/app', 'v1', layers)
  await pullImage(pair, 'team/deep/app', 'v1')
  // Of each of three blobs POST, PATCH, PUT and HEAD; then PUT, HEAD and GET of the manifest, and the two redirects.
  const { operations, repositories, totals, tokenAgeSeconds } = await countedUpTo(pair, 12 + 1 + 2 + 2)
  const requests = Object.entries(operations).map(([operation, numbers]) => [operation, numbers.requests])
  assert.deepEqual(Object.fromEntries(requests), {
    'manifest-pull': 2,
    'manifest-push': 1,
    'layer-pull': 5,
    'layer-push': 9,
    tags: 0,
    other: 0,
  })
  assert.deepEqual(repositories, [{ repository: 'team/deep/app', pulls: 1, pushes: 1 }])
  assert.ok(operations['layer-push'].bytesIn > 100_005 && operations['layer-push'].bytesIn < 101_000)
  assert.equal(operations['manifest-pull'].bytesOut, operations['manifest-push'].bytesIn)
  assert.equal(operations['manifest-pull'].upstreamMs.count, 2)
  assert.ok(operations['manifest-pull'].durationMs.sum >= operations['manifest-pull'].upstreamMs.sum - 1)
  assert.deepEqual(totals, { ...totals, tokenRefreshes: 1, tokenRefreshFailures: 0 })
  assert.deepEqual(troubles(totals), {})
  assert.ok((tokenAgeSeconds ?? Number.NaN) < 60)
})

test('whatever is answered is counted, where the router refuses it as well; probes are not', async (t) => {
  const pair = await startPair(t)
  const { proxy } = pair
  for (const [path, status] of [
    ['/v2/', 200],
    ['/healthz', 200],
    ['/readyz', 200],
    ['/readyz?from=lb', 200],
    ['/v2/Team/manifests/1', 400],
    ['/nothing', 404],
    ['/v2/%zz', 400],
    [TAGS, 404],
  ] as const) {
    assert.equal((await send(proxy, 'GET', path)).status, status, path)
  }
  const { operations, repositories } = await countedUpTo(pair, 5)
  assert.deepEqual([operations.other.requests, operations.other.clientErrors], [4, 3])
  assert.deepEqual([operations.tags.requests, operations.tags.clientErrors], [1, 1])
  assert.ok(operations.other.bytesOut > 0)
  assert.deepEqual(repositories, [])
})

test('throttled tries and retries are counted, also where the client saw none', async (t) => {
  const pair = await startPair(t, NO_JITTER)
  const { simulator, proxy } = pair
  simulator.store.createRepository('team/app')
  simulator.faults.add({ times: 1, action: rateExceeded() })
  simulator.faults.add({ times: 1, action: { kind: 'status', status: 503 } })
  assert.equal((await send(proxy, 'GET', TAGS)).status, 200)
  const { totals, operations } = await countedUpTo(pair, 1)
  assert.deepEqual(troubles(totals), { throttles: 2, retries: 2, upstreamErrors: 1 })
  assert.equal(operations.tags.serverErrors, 0)
})

// The longest waits of all were left out, and the page of findings said that nobody waits for ECR.
test('a client that leaves while ECR is silent has waited for ECR as long', async (t) => {
  const clock = new FakeClock()
  const pair = await startPair(t, { dependencies: { clock } })
  const { simulator, proxy } = pair
  simulator.faults.add({ path: /tags/, action: { kind: 'stall' } })
  const request = open(proxy, 'GET', TAGS)
  request.on('error', () => undefined)
  request.end()
  await simulator.waitForRequest(({ url }) => url.includes('tags'))
  await clock.advance(30_000)
  request.destroy()
  const { operations } = await countedUpTo(pair, 1)
  assert.equal(operations.tags.upstreamMs.sum, 30_000)
  const line = proxy.log.find(({ msg }) => msg === 'request')
  assert.equal(line?.['upstreamMs'], 30_000)
})

test('waiting for the first token is not waiting for ECR', async (t) => {
  const clock = new FakeClock()
  const prepare = ({ faults }: Simulator): void =>
    void faults.add({ listener: 'api', action: { kind: 'delay', ms: 500 } })
  const pair = await startPair(t, { dependencies: { clock }, prepare, ready: false })
  const { proxy } = pair
  const answered = send(proxy, 'GET', TAGS)
  await until(() => proxy.app.drain.inFlight === 1, 'the request')
  assert.equal(proxy.app.ecrTokens.current, undefined)
  await clock.advance(5000)
  assert.equal((await answered).status, 404)
  const { operations } = await countedUpTo(pair, 1)
  assert.deepEqual([operations.tags.upstreamMs.count, operations.tags.upstreamMs.sum], [1, 0])
})

test('what a client still sends after it was answered is not waiting for ECR', async (t) => {
  const clock = new FakeClock()
  const pair = await startPair(t, { dependencies: { clock } })
  const { simulator, proxy } = pair
  // An upload cannot be sent there, so that delivering this fails.
  const headers = { Location: 'https://elsewhere.example/v2/' }
  simulator.faults.add({ method: 'PATCH', action: { kind: 'status', status: 202, headers } })
  const patch = open(proxy, 'PATCH', '/v2/team/app/blobs/uploads/1')
  patch.write('a part')
  const [response] = await once(patch, 'response')
  assert.equal(response.statusCode, 502)
  await clock.advance(1000)
  response.resume()
  patch.end()
  const { operations } = await countedUpTo(pair, 1)
  assert.equal(operations['layer-push'].upstreamMs.sum, 0)
})

test('an error of ECR that breaks off is one error', async (t) => {
  const proxy = await startScripted(t, (socket) => {
    socket.write('HTTP/1.1 500 Internal Server Error\r\nContent-Length: 100\r\n\r\nbut', () => socket.destroy())
  })
  assert.equal((await send(proxy, 'GET', TAGS)).status, 502)
  await until(() => proxy.app.metrics.snapshot().operations.tags.requests === 1, 'the request to be counted')
  assert.equal(proxy.app.metrics.snapshot().totals.upstreamErrors, 1)
})

test('an upstream that fails is counted: before its answer, with it, and in its midst', async (t) => {
  const pair = await startPair(t, NO_JITTER)
  const { simulator, proxy } = pair
  simulator.store.addManifest('team/app', imageManifest(digestOf('{}'), []), MANIFEST_TYPE, 'v1')
  simulator.faults.add({ times: 2, path: /tags/, action: { kind: 'reset-before' } })
  assert.equal((await send(proxy, 'GET', TAGS)).status, 502)
  simulator.faults.add({ times: 1, path: /tags/, action: { kind: 'status', status: 500 } })
  assert.equal((await send(proxy, 'GET', TAGS)).status, 500)
  simulator.faults.add({ times: 1, path: /manifests/, action: { kind: 'reset-body', bytes: 10 } })
  await assert.rejects(send(proxy, 'GET', '/v2/team/app/manifests/v1'))
  const { totals, operations, repositories } = await countedUpTo(pair, 3)
  assert.deepEqual(troubles(totals), { upstreamErrors: 4, retries: 1 })
  assert.equal(operations.tags.serverErrors, 2)
  assert.equal(operations['manifest-pull'].serverErrors, 0)
  assert.deepEqual(repositories, [])
})

test('a client that leaves is a request, and no error of anybody', async (t) => {
  const pair = await startPair(t)
  const { simulator, proxy } = pair
  simulator.faults.add({ times: 1, action: { kind: 'stall' } })
  const asked = open(proxy, 'GET', TAGS)
  asked.on('error', () => {})
  asked.end()
  await simulator.waitForRequest(({ url }) => url === TAGS)
  assert.equal(proxy.app.metrics.snapshot().inFlight, 1)
  asked.destroy()
  const left = await countedUpTo(pair, 1)
  assert.equal(left.operations.tags.clientErrors + left.operations.tags.serverErrors, 0)
  const upload = open(proxy, 'PATCH', await startUpload(proxy, 'team/app'))
  upload.on('error', () => {})
  upload.write('some of it')
  await simulator.waitForRequest(({ method, bodyBytes }) => method === 'PATCH' && bodyBytes > 0)
  upload.destroy()
  const { totals, inFlight } = await countedUpTo(pair, 3)
  assert.deepEqual(troubles(totals), {})
  assert.equal(inFlight, 0)
})

test('a refused token and a failed refresh are counted', async (t) => {
  const pair = await startPair(t)
  const { simulator, proxy } = pair
  simulator.store.createRepository('team/app')
  simulator.tokens.revokeAll()
  simulator.faults.add({ listener: 'api', action: { kind: 'status', status: 500 } })
  assert.equal((await send(proxy, 'GET', TAGS)).status, 503)
  assert.equal((await send(proxy, 'GET', TAGS)).status, 200)
  const { totals } = await countedUpTo(pair, 2)
  assert.deepEqual(totals, { ...totals, tokenRefreshes: 2, tokenRefreshFailures: 1, retries: 1, upstreamErrors: 0 })
})

test('the event loop is measured while the proxy listens', async (t) => {
  const { proxy } = await startPair(t)
  const measured = (): number => proxy.app.metrics.snapshot().eventLoopDelayMs.count
  await until(() => measured() > 0, 'a first sample')
  const end = performance.now() + 500
  while (performance.now() < end) {
    // The event loop waits for this.
  }
  const longest = (): number => proxy.app.metrics.snapshot().eventLoopDelayMs.buckets.at(-1)?.[0] ?? 0
  await until(() => longest() > 100, 'a long delay')
})

test('what is no request is not counted', async (t) => {
  const { proxy } = await startPair(t)
  const socket = connect(proxy.port, '127.0.0.1')
  socket.write('nonsense\r\n\r\n')
  const [answer] = await once(socket, 'data')
  assert.match(String(answer), /^HTTP\/1\.1 400 /)
  await send(proxy, 'GET', '/v2/')
  await until(() => proxy.app.metrics.snapshot().operations.other.requests > 0, 'the request')
  assert.equal(proxy.app.metrics.snapshot().operations.other.requests, 1)
})

test('a manifest that is put again because of a throttled first try is one push', async (t) => {
  const pair = await startPair(t, NO_JITTER)
  const { simulator, proxy } = pair
  const blob = await simulator.store.addBlob('team/app', '{}')
  simulator.faults.add({ times: 1, method: 'PUT', action: { kind: 'status', status: 429, drain: true } })
  assert.equal((await putManifest(proxy, 'team/app', 'v1', imageManifest(blob, [blob]))).status, 201)
  const { repositories, totals } = await countedUpTo(pair, 1)
  assert.deepEqual(repositories, [{ repository: 'team/app', pulls: 0, pushes: 1 }])
  assert.deepEqual(troubles(totals), { throttles: 1, retries: 1 })
})
