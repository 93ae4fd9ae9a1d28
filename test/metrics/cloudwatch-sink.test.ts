import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { test } from 'node:test'
import { type MetricDatum, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch'
import { CloudWatchSink, createCloudWatchClient } from '../../src/metrics/cloudwatch-sink.ts'
import type { Recorder } from '../../src/metrics/recorder.ts'
import { RefusedNumbersError } from '../../src/metrics/sink.ts'
import { cloudWatchFor, type FakeCloudWatch } from '../support/cloudwatch.ts'
import { end, recorderOf } from './recorder-of.ts'

const NAMESPACE = 'Custom/ecr_reverse_proxy'

async function flush(t: TestContext, cloudWatch: FakeCloudWatch, recorder: Recorder): Promise<void> {
  const sink = new CloudWatchSink(NAMESPACE, () => cloudWatch.client())
  t.after(() => sink.close())
  for (const delivery of sink.deliveries(recorder.take())) await delivery(new AbortController().signal)
}

test('counts, gauges and durations come to CloudWatch as they were counted', async (t) => {
  const cloudWatch = await cloudWatchFor(t)
  const recorder = recorderOf({ inFlight: () => 3 })
  for (let i = 0; i < 500; i++) end(recorder, 'GET', '/v2/team/app/manifests/1', { ms: 10, numbers: { bytesOut: 7 } })
  end(recorder, 'PUT', '/v2/team/app/manifests/1', { status: 503, numbers: { upstreamMs: 4 } })
  await flush(t, cloudWatch, recorder)
  const [{ namespace } = { namespace: '' }, ...others] = cloudWatch.calls
  assert.deepEqual(others, [])
  assert.equal(namespace, NAMESPACE)
  const pull = { Operation: 'manifest-pull' }
  assert.equal(cloudWatch.sum('Requests', pull), 500)
  assert.equal(cloudWatch.sum('BytesOut', pull), 3500)
  assert.equal(cloudWatch.count('Duration', pull), 500)
  assert.ok(Math.abs(cloudWatch.sum('Duration', pull) - 5000) < 0.025 * 5000)
  assert.equal(cloudWatch.sum('ServerErrors', { Operation: 'manifest-push' }), 1)
  assert.equal(cloudWatch.count('UpstreamDuration', { Operation: 'manifest-push' }), 1)
  assert.equal(cloudWatch.sum('ECRImagePulls', { Repository: 'team/app' }), 500)
  assert.deepEqual(cloudWatch.data('ECRImagePushes', { Repository: 'team/app' }), [])
  assert.equal(cloudWatch.sum('InFlight'), 3)
  assert.equal(cloudWatch.sum('TokenAge'), 90)
  assert.equal(cloudWatch.sum('CertificateDaysLeft'), 40)
  assert.equal(cloudWatch.data('Duration', pull)[0]?.unit, 'Milliseconds')
})

test('a flush of thousands of metrics is as few calls as the limits allow, and is compressed', async (t) => {
  const cloudWatch = await cloudWatchFor(t)
  const recorder = recorderOf({ maxRepositories: 5000 })
  for (let i = 0; i < 5000; i++) end(recorder, 'GET', `/v2/${'team/'.repeat(45)}app-${i}/manifests/1`)
  await flush(t, cloudWatch, recorder)
  const data = cloudWatch.calls.map((call) => call.data.length)
  assert.ok(data.every((length) => length <= 1000))
  assert.equal(
    data.reduce((sum, length) => sum + length, 0),
    5000 + 8 + 6 + 1,
  )
  assert.equal(cloudWatch.calls.length, 6)
  for (const { bytes, plainBytes } of cloudWatch.calls) assert.ok(bytes * 5 < plainBytes || plainBytes < 10_240)
})

test('no call is larger than 1 MB before it is compressed', async (t) => {
  const cloudWatch = await cloudWatchFor(t)
  const recorder = recorderOf()
  const window = recorder.take()
  const name = 'r'.repeat(900)
  const repositories = Array.from({ length: 1500 }, (_, i) => ({ repository: `${name}${i}`, pulls: 1, pushes: 0 }))
  const sink = new CloudWatchSink(NAMESPACE, () => cloudWatch.client())
  t.after(() => sink.close())
  for (const deliver of sink.deliveries({ ...window, repositories })) await deliver(new AbortController().signal)
  assert.equal(cloudWatch.calls.flatMap(({ data }) => data).length, 1500 + 8 + 1)
  for (const { plainBytes } of cloudWatch.calls) assert.ok(plainBytes <= 1_000_000, `${plainBytes}`)
  assert.ok(Math.max(...cloudWatch.calls.map(({ plainBytes }) => plainBytes)) > 950_000)
})

test('durations of more than 150 sizes are several data, with the exact count', async (t) => {
  const cloudWatch = await cloudWatchFor(t)
  const recorder = recorderOf()
  for (let ms = 0.1; ms < 1e8; ms *= 1.05) end(recorder, 'GET', '/v2/', { ms })
  const { count } = recorder.snapshot().operations.other.durationMs
  await flush(t, cloudWatch, recorder)
  const data = cloudWatch.data('Duration', { Operation: 'other' })
  assert.deepEqual(
    data.map(({ values }) => values.length === 150),
    [true, true, false],
  )
  assert.equal(cloudWatch.count('Duration', { Operation: 'other' }), count)
})

test('what CloudWatch finds invalid is refused for good; anything else may pass', async (t) => {
  const cloudWatch = await cloudWatchFor(t)
  const old = { ...recorderOf().take(), at: Date.now() - 15 * 24 * 3_600_000 }
  const sink = new CloudWatchSink(NAMESPACE, () => cloudWatch.client())
  t.after(() => sink.close())
  const [deliver = () => assert.fail('nothing to deliver')] = sink.deliveries(old)
  await assert.rejects(deliver(new AbortController().signal), RefusedNumbersError)
  for (const type of ['AccessDeniedException', 'ThrottlingException', 'InternalServiceFault']) {
    cloudWatch.faults.add({ listener: 'cloudwatch', action: { kind: 'aws-error', status: 400, type, message: 'no' } })
    await assert.rejects(deliver(new AbortController().signal), { name: type })
  }
  await cloudWatch.down()
  await assert.rejects(deliver(new AbortController().signal), { code: /^ECONN/ })
})

test('a call that is given up ends its request', async (t) => {
  const cloudWatch = await cloudWatchFor(t)
  cloudWatch.faults.add({ listener: 'cloudwatch', action: { kind: 'stall' } })
  const sink = new CloudWatchSink(NAMESPACE, () => cloudWatch.client())
  t.after(() => sink.close())
  const [deliver = () => assert.fail('nothing to deliver')] = sink.deliveries(recorderOf().take())
  const giveUp = new AbortController()
  const failed = assert.rejects(deliver(giveUp.signal), { name: 'AbortError' })
  await cloudWatch.requests.waitFor(({ bodyBytes }) => bodyBytes > 0, 5000)
  giveUp.abort()
  await failed
  await cloudWatch.requests.waitFor(({ aborted }) => aborted, 5000)
})

test('the client has its region, one try and time limits', async () => {
  const client = createCloudWatchClient('eu-central-1')
  assert.equal(await client.config.region(), 'eu-central-1')
  assert.equal(await client.config.maxAttempts(), 1)
  client.destroy()
})

test('the stand-in of these tests refuses what breaks a limit', async (t) => {
  const cloudWatch = await cloudWatchFor(t)
  const client = cloudWatch.client()
  t.after(() => client.destroy())
  const datum = { MetricName: 'M', Unit: 'Count', Value: 1, Timestamp: new Date() } satisfies MetricDatum
  const values = Array.from({ length: 151 }, (_, i) => i)
  const put = async (Namespace: string, MetricData: MetricDatum[]): Promise<unknown> =>
    client.send(new PutMetricDataCommand({ Namespace, MetricData }))
  await put('N', [datum])
  const broken: [namespace: string, data: MetricDatum[]][] = [
    ['AWS/N', [datum]],
    ['N', []],
    ['N', Array.from({ length: 1001 }, () => datum)],
    ['N', [{ ...datum, MetricName: '' }]],
    ['N', [{ ...datum, Value: 2 ** 361 }]],
    ['N', [{ ...datum, Values: [1] }]],
    ['N', [{ ...datum, Value: undefined, Values: values }]],
    ['N', [{ ...datum, Value: undefined, Values: [1, 2], Counts: [1] }]],
    ['N', [{ ...datum, Value: undefined, Values: [1, 1] }]],
    ['N', [{ ...datum, Dimensions: [{ Name: 'R', Value: 'größe' }] }]],
    ['N', [{ ...datum, Dimensions: Array.from({ length: 31 }, (_, i) => ({ Name: `D${i}`, Value: 'd' })) }]],
    ['N', [{ ...datum, Timestamp: new Date(Date.now() + 3 * 3_600_000) }]],
  ]
  for (const [namespace, data] of broken) {
    await assert.rejects(put(namespace, data), { name: /^InvalidParameterValue/ }, JSON.stringify(data).slice(0, 200))
  }
  assert.equal(cloudWatch.calls.length, 1)
})
