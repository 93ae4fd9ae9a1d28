import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CloudWatchSink } from '../../src/metrics/cloudwatch-sink.ts'
import { EmfSink } from '../../src/metrics/emf-sink.ts'
import { OPERATIONS } from '../../src/metrics/operation.ts'
import type { Sink } from '../../src/metrics/sink.ts'
import { CLOUDWATCH_REGION, cloudWatchFor } from '../support/cloudwatch.ts'
import { emfEvent, emfEvents, emfValues } from '../support/emf.ts'
import { until } from '../support/until.ts'
import { assertTotals, load, ofCloudWatch, ofEmf, prepared } from '../support/counted-load.ts'

test("10,000 mixed requests: both sinks have the client's counts, and CloudWatch's death in their midst is not seen", async (t) => {
  const cloudWatch = await cloudWatchFor(t)
  const lines: string[] = []
  const sinks = [
    new CloudWatchSink('Custom/ecr_reverse_proxy', () => cloudWatch.client()),
    new EmfSink('Custom/ecr_reverse_proxy', (line) => lines.push(line)),
  ]
  const metricsSink: Sink = {
    deliveries: (window) => sinks.flatMap((sink) => sink.deliveries(window)),
    close: () => {
      for (const sink of sinks) sink.close()
    },
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
  const pair = await prepared(t, { makeCloudWatchClient: () => cloudWatch.client() }, environment)
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
  const pair = await prepared(t, { makeCloudWatchClient: () => cloudWatch.client() }, environment)
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
  const pair = await prepared(t, { makeCloudWatchClient: () => cloudWatch.client() }, environment)
  await load(t, pair, 10, () => {})
  await pair.proxy.close()
  assert.equal(pair.proxy.app.metrics.snapshot().operations['manifest-pull'].requests, 3)
  assert.equal(cloudWatch.requests.requests.length, 0)
})

test('a CloudWatch that hangs is not seen by clients, and holds the end up by no more than its limit', async (t) => {
  const cloudWatch = await cloudWatchFor(t)
  cloudWatch.faults.add({ listener: 'cloudwatch', times: 100, action: { kind: 'stall' } })
  const environment = { REGION: CLOUDWATCH_REGION, METRICS_INTERVAL: '1s' }
  const pair = await prepared(t, { makeCloudWatchClient: () => cloudWatch.client() }, environment)
  await cloudWatch.requests.waitFor(({ bodyBytes }) => bodyBytes > 0, 10_000)
  const counted = await load(t, pair, 100, () => {})
  assert.equal(counted.get('Requests manifest-pull'), 30)
  const startedAt = performance.now()
  await pair.proxy.close()
  assert.ok(performance.now() - startedAt < 8000)
  const told = pair.proxy.log.filter(({ msg }) => String(msg).startsWith('metrics cannot be sent'))
  assert.equal(told.length, 1)
})
