import assert from 'node:assert/strict'
import { test } from 'node:test'
import { OPERATIONS } from '../../src/metrics/operation.ts'
import type { MetricsSnapshot } from '../../src/metrics/snapshot.ts'
import { parseRegistryRequest } from '../../src/registry/parse.ts'
import { end, NOTHING, recorderOf } from './recorder-of.ts'

const NO_TOKENS = { current: undefined, ageMs: () => 0 }

/** Pulls and pushes of each repository. */
function images({ repositories }: MetricsSnapshot): Record<string, [pulls: number, pushes: number]> {
  return Object.fromEntries(repositories.map(({ repository, pulls, pushes }) => [repository, [pulls, pushes]]))
}

test('requests are counted by operation, with their bytes, errors and durations', () => {
  const recorder = recorderOf()
  end(recorder, 'GET', '/v2/a/manifests/1', { ms: 10, numbers: { bytesOut: 100, upstreamMs: 8, tries: 1 } })
  end(recorder, 'GET', '/v2/a/manifests/1', {
    ms: 20,
    status: 404,
    numbers: { bytesOut: 50, upstreamMs: 18, tries: 1 },
  })
  end(recorder, 'PATCH', '/v2/a/blobs/uploads/1', { ms: 3, status: 500, numbers: { bytesIn: 7, tries: 1 } })
  recorder.requestEnded(undefined, 400, true, 0, NOTHING)
  const { operations } = recorder.snapshot()
  const pull = operations['manifest-pull']
  assert.deepEqual(
    [pull.requests, pull.clientErrors, pull.serverErrors, pull.bytesIn, pull.bytesOut],
    [2, 1, 0, 0, 150],
  )
  assert.deepEqual([pull.durationMs.count, pull.durationMs.sum], [2, 30])
  assert.deepEqual([pull.upstreamMs.count, pull.upstreamMs.sum], [2, 26])
  const push = operations['layer-push']
  assert.deepEqual([push.requests, push.clientErrors, push.serverErrors, push.bytesIn], [1, 0, 1, 7])
  assert.equal(push.upstreamMs.count, 0)
  assert.deepEqual([operations.other.requests, operations.other.clientErrors], [1, 1])
  assert.deepEqual(
    OPERATIONS.filter((operation) => operations[operation].requests > 0),
    ['manifest-pull', 'layer-push', 'other'],
  )
})

test('an answer that never began is a request, and no error', () => {
  const recorder = recorderOf()
  end(recorder, 'GET', '/v2/a/tags/list', { status: 0, whole: false })
  const { requests, clientErrors, serverErrors } = recorder.snapshot().operations.tags
  assert.deepEqual([requests, clientErrors, serverErrors], [1, 0, 0])
})

test('what a request met upstream is counted', () => {
  const recorder = recorderOf()
  end(recorder, 'GET', '/v2/a/tags/list', { numbers: { tries: 3, upstreamErrors: 1, throttles: 2 } })
  end(recorder, 'GET', '/v2/a/tags/list', { numbers: { tries: 1 } })
  end(recorder, 'GET', '/v2/')
  const { retries, upstreamErrors, throttles } = recorder.snapshot().totals
  assert.deepEqual({ retries, upstreamErrors, throttles }, { retries: 2, upstreamErrors: 1, throttles: 2 })
})

test('an image is pulled by a whole, successful GET of its manifest, and pushed by such a PUT', () => {
  const recorder = recorderOf()
  end(recorder, 'GET', '/v2/team/deep/app/manifests/1')
  end(recorder, 'GET', '/v2/team/deep/app/manifests/1')
  end(recorder, 'PUT', '/v2/team/deep/app/manifests/1', { status: 201 })
  end(recorder, 'HEAD', '/v2/team/deep/app/manifests/1')
  end(recorder, 'DELETE', '/v2/team/deep/app/manifests/1', { status: 202 })
  end(recorder, 'GET', '/v2/missing/manifests/1', { status: 404 })
  end(recorder, 'GET', '/v2/cached/manifests/1', { status: 304 })
  end(recorder, 'GET', '/v2/broken/manifests/1', { whole: false })
  end(recorder, 'PUT', '/v2/refused/manifests/1', { status: 400 })
  end(recorder, 'GET', '/v2/listed/tags/list')
  assert.deepEqual(images(recorder.snapshot()), { 'team/deep/app': [2, 1] })
})

test('what becomes of the token, and what is shed, is counted', () => {
  const recorder = recorderOf()
  recorder.tokenRefreshed()
  recorder.tokenRefreshFailed()
  recorder.tokenRefreshFailed()
  end(recorder, 'GET', '/v2/a/manifests/1', { status: 503, numbers: { shed: 'inFlight' } })
  recorder.eventLoopDelayed(4)
  const { totals, eventLoopDelayMs, tokenAgeSeconds } = recorder.snapshot()
  const { tokenRefreshes, tokenRefreshFailures, shedRequests } = totals
  assert.deepEqual([tokenRefreshes, tokenRefreshFailures, shedRequests], [1, 2, 1])
  assert.deepEqual(eventLoopDelayMs, { count: 1, sum: 4, buckets: [[4, 1]] })
  assert.equal(tokenAgeSeconds, 90)
})

test('what is only ever now is asked for when it is told', () => {
  const now: { inFlight: number; daysLeft: number | undefined } = { inFlight: 3, daysLeft: 2 }
  const recorder = recorderOf({
    inFlight: () => now.inFlight,
    tokens: () => NO_TOKENS,
    certificateDaysLeft: () => now.daysLeft,
  })
  const before = recorder.snapshot()
  assert.deepEqual([before.inFlight, before.certificateDaysLeft], [3, 2])
  Object.assign(now, { inFlight: 0, daysLeft: undefined })
  const { inFlight, tokenAgeSeconds, certificateDaysLeft, at } = recorder.take()
  assert.equal(inFlight, 0)
  assert.equal(certificateDaysLeft, undefined)
  assert.equal(tokenAgeSeconds, undefined)
  assert.ok(Math.abs(at - Date.now()) < 60_000)
})

test('what was taken is not taken again, and stays in the snapshot', () => {
  const recorder = recorderOf()
  end(recorder, 'GET', '/v2/a/manifests/1')
  assert.deepEqual(images(recorder.take()), { a: [1, 0] })
  end(recorder, 'GET', '/v2/a/manifests/1')
  end(recorder, 'GET', '/v2/b/manifests/1')
  assert.deepEqual(images(recorder.snapshot()), { a: [2, 0], b: [1, 0] })
  const second = recorder.take()
  assert.deepEqual(images(second), { a: [1, 0], b: [1, 0] })
  assert.equal(second.operations['manifest-pull'].requests, 2)
  assert.deepEqual(recorder.take().repositories, [])
  assert.equal(recorder.snapshot().operations['manifest-pull'].durationMs.count, 3)
})

test('a snapshot does not change when more is counted', () => {
  const recorder = recorderOf()
  end(recorder, 'GET', '/v2/a/manifests/1')
  const before = recorder.snapshot()
  const copy = structuredClone(before)
  end(recorder, 'GET', '/v2/a/manifests/1', { numbers: { tries: 2 } })
  assert.deepEqual(before, copy)
})

test('numbers of another process count as its own, also after they have passed JSON', () => {
  const [worker, primary] = [recorderOf(), recorderOf()]
  end(primary, 'GET', '/v2/a/manifests/1', { ms: 5 })
  end(worker, 'GET', '/v2/a/manifests/1', { ms: 7, status: 503, numbers: { tries: 2, throttles: 2 } })
  end(worker, 'PUT', '/v2/b/manifests/1', { numbers: { bytesIn: 9 } })
  worker.eventLoopDelayed(1)
  primary.add(JSON.parse(JSON.stringify(worker.take())))
  const { operations, totals, eventLoopDelayMs, repositories } = primary.snapshot()
  assert.equal(operations['manifest-pull'].requests, 2)
  assert.equal(operations['manifest-pull'].serverErrors, 1)
  assert.equal(operations['manifest-pull'].durationMs.sum, 12)
  assert.equal(operations['manifest-push'].bytesIn, 9)
  assert.equal(totals.throttles, 2)
  assert.equal(eventLoopDelayMs.count, 1)
  assert.deepEqual(
    repositories.map(({ repository }) => repository),
    ['a', 'b'],
  )
})

test('100,000 requests over 5,000 repositories: totals exact, names bounded, the overflow said once', () => {
  const warnings: string[] = []
  const recorder = recorderOf({ log: { warn: (_object, message) => warnings.push(message) } })
  const requests = Array.from({ length: 5000 }, (_, i) => parseRegistryRequest('GET', `/v2/team/app-${i}/manifests/1`))
  let told = 0
  for (let i = 0; i < 100_000; i++) {
    recorder.requestEnded(requests[i % requests.length], 200, true, i % 100, { ...NOTHING, bytesOut: 10 })
    if (i % 25_000 === 24_999) {
      const { repositories } = recorder.take()
      assert.equal(repositories.length, 201)
      told += repositories.reduce((sum, { pulls }) => sum + pulls, 0)
    }
  }
  assert.equal(told, 100_000)
  const { operations, repositories } = recorder.snapshot()
  const { requests: all, bytesOut, durationMs } = operations['manifest-pull']
  assert.deepEqual([all, bytesOut, durationMs.count, durationMs.sum], [100_000, 1_000_000, 100_000, 4_950_000])
  assert.equal(repositories.length, 201)
  assert.deepEqual(repositories.at(-1), { repository: 'other', pulls: 100_000 - 200 * 20, pushes: 0 })
  assert.equal(repositories[0]?.pulls, 20)
  assert.deepEqual(warnings, ['metrics tell no more repositories apart; the others count as "other"'])
})

// No flush has too many; what /metrics and the live page show counts from the start.
test('that the numbers since the start tell no more repositories apart is said, too', () => {
  const warnings: string[] = []
  const recorder = recorderOf({ maxRepositories: 2, log: { warn: (_object, message) => warnings.push(message) } })
  const taken = ['a', 'b', 'c', 'd'].map((name) => {
    end(recorder, 'GET', `/v2/${name}/manifests/1`)
    return images(recorder.take())
  })
  assert.deepEqual(taken, [{ a: [1, 0] }, { b: [1, 0] }, { c: [1, 0] }, { d: [1, 0] }])
  assert.deepEqual(images(recorder.snapshot()), { a: [1, 0], b: [1, 0], other: [2, 0] })
  assert.deepEqual(warnings, ['numbers since the start tell no more repositories apart; the others count as "other"'])
  for (const name of ['a', 'b', 'c']) end(recorder, 'GET', `/v2/${name}/manifests/1`)
  assert.deepEqual(warnings.slice(1), ['metrics tell no more repositories apart; the others count as "other"'])
})

// Only the primary has a log, and what its workers sent named none of the repositories that they had not told apart.
test('that a worker tells no more repositories apart is told by its primary', () => {
  const warnings: string[] = []
  const worker = recorderOf({ maxRepositories: 2 })
  const primary = recorderOf({ maxRepositories: 2, log: { warn: (_object, message) => warnings.push(message) } })
  for (const name of ['a', 'other']) end(worker, 'GET', `/v2/${name}/manifests/1`)
  primary.add(worker.take())
  assert.equal(warnings.length, 0)
  for (const name of ['a', 'b', 'c']) end(worker, 'GET', `/v2/${name}/manifests/1`)
  primary.add(worker.take())
  primary.add(worker.take())
  assert.equal(warnings.length, 1)
  for (const name of ['a', 'b', 'c']) end(worker, 'GET', `/v2/${name}/manifests/1`)
  primary.take()
  primary.add(worker.take())
  assert.equal(warnings.length, 1)
})

test('a repository that is called other is one of the others', () => {
  const recorder = recorderOf({ maxRepositories: 1 })
  for (const name of ['other', 'a', 'b']) end(recorder, 'GET', `/v2/${name}/manifests/1`)
  assert.deepEqual(images(recorder.take()), { a: [1, 0], other: [2, 0] })
})

test('with METRICS_REPOSITORIES=0 no repository is told apart', () => {
  const recorder = recorderOf({ maxRepositories: 0 })
  for (const name of ['a', 'b']) end(recorder, 'GET', `/v2/${name}/manifests/1`)
  assert.deepEqual(images(recorder.snapshot()), { other: [2, 0] })
})
