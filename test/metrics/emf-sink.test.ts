import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LOG_WRITE_BYTES } from '../../src/limits.ts'
import { EmfSink } from '../../src/metrics/emf-sink.ts'
import type { Recorder } from '../../src/metrics/recorder.ts'
import { type EmfEvent, emfEvent, emfEvents, emfTotal, emfValues } from '../support/emf.ts'
import { end, recorderOf } from './recorder-of.ts'

/** The events of one flush, each checked. */
async function flushed(recorder: Recorder, namespace = 'Custom/ecr_reverse_proxy'): Promise<EmfEvent[]> {
  const lines: string[] = []
  const sink = new EmfSink(namespace, (line) => lines.push(line))
  for (const delivery of sink.deliveries(recorder.take())) await delivery(new AbortController().signal)
  sink.close()
  for (const line of lines)
    assert.ok(Buffer.byteLength(line) <= LOG_WRITE_BYTES, 'several processes may share the pipe')
  return emfEvents(lines.join(''))
}

test('a flush is one valid line for each set of dimensions, with exact counts', async () => {
  const recorder = recorderOf({ inFlight: () => 3 })
  for (let i = 0; i < 50; i++) end(recorder, 'GET', '/v2/team/app/manifests/1', { ms: 10, numbers: { bytesOut: 7 } })
  end(recorder, 'PUT', '/v2/team/deep/er/app/manifests/1', { status: 201, numbers: { bytesIn: 9, upstreamMs: 5 } })
  end(recorder, 'PUT', '/v2/team/app/manifests/1', { status: 429 })
  const events = await flushed(recorder)
  assert.deepEqual(
    events.map(({ dimensions }) => dimensions),
    [
      {},
      { Operation: 'manifest-pull' },
      { Operation: 'manifest-push' },
      { Repository: 'team/app' },
      { Repository: 'team/deep/er/app' },
    ],
  )
  assert.deepEqual(new Set(events.map(({ namespace }) => namespace)), new Set(['Custom/ecr_reverse_proxy']))
  assert.equal(emfTotal(events, 'Requests', { Operation: 'manifest-pull' }), 50)
  assert.equal(emfTotal(events, 'BytesOut', { Operation: 'manifest-pull' }), 350)
  assert.equal(emfTotal(events, 'ClientErrors', { Operation: 'manifest-push' }), 1)
  assert.equal(emfTotal(events, 'InFlight', {}), 3)
  assert.equal(emfTotal(events, 'TokenAge', {}), 90)
  assert.equal(emfTotal(events, 'CertificateDaysLeft', {}), 40)
  assert.equal(emfTotal(events, 'ECRImagePulls', { Repository: 'team/app' }), 50)
  assert.equal(emfTotal(events, 'ECRImagePushes', { Repository: 'team/deep/er/app' }), 1)
  assert.equal(emfValues(events, 'Duration', { Operation: 'manifest-pull' }).length, 50)
  assert.equal(emfValues(events, 'UpstreamDuration', { Operation: 'manifest-push' }).length, 1)
})

test('nothing that is not asked for is told: no operation, no repository, no metric of 0 for one', async () => {
  const noToken = { current: undefined, ageMs: () => 0 }
  const recorder = recorderOf({ tokens: () => noToken, certificateDaysLeft: () => undefined })
  const [first, ...others] = await flushed(recorder)
  assert.deepEqual(others, [])
  const names = ['UpstreamErrors', 'Throttles', 'Retries', 'InFlight', 'TokenRefreshes', 'TokenRefreshFailures']
  assert.deepEqual(new Set(Object.keys(first?.metrics ?? {})), new Set([...names, 'ShedRequests']))
  end(recorder, 'PUT', '/v2/a/manifests/1')
  const events = await flushed(recorder)
  assert.deepEqual(Object.keys(events.at(-1)?.metrics ?? {}), ['ECRImagePushes'])
})

test('durations take as many lines of 100 values as their count needs', async () => {
  const recorder = recorderOf()
  for (let i = 1; i <= 250; i++) end(recorder, 'GET', '/v2/', { ms: i, numbers: { upstreamMs: i } })
  const events = (await flushed(recorder)).filter(({ dimensions }) => 'Operation' in dimensions)
  assert.equal(events.length, 3)
  const values = emfValues(events, 'Duration', { Operation: 'other' })
  assert.equal(values.length, 250)
  for (const [i, value] of values.entries()) assert.ok(Math.abs(value - (i + 1)) / (i + 1) < 0.025, `${value}`)
  assert.equal(emfTotal(events, 'Requests', { Operation: 'other' }), 250)
})

test('beyond 20 lines a uniform sample stands for all durations, and counts stay exact', async () => {
  const recorder = recorderOf()
  for (let i = 0; i < 100_000; i++) end(recorder, 'GET', '/v2/', { ms: 1 + (i % 1000) })
  const events = (await flushed(recorder)).filter(({ dimensions }) => 'Operation' in dimensions)
  assert.equal(events.length, 20)
  const values = emfValues(events, 'Duration', { Operation: 'other' })
  assert.equal(values.length, 2000)
  for (const share of [0.01, 0.25, 0.5, 0.75, 0.99]) {
    const value = values[Math.floor(share * values.length)] ?? 0
    assert.ok(Math.abs(value - share * 1000) < 0.05 * share * 1000 + 1, `${share}: ${value}`)
  }
  assert.equal(emfTotal(events, 'Requests', { Operation: 'other' }), 100_000)
})

test('the longest names make lines that pass whole', async () => {
  const recorder = recorderOf()
  const repository = `team/${'a'.repeat(251)}`
  end(recorder, 'GET', `/v2/${repository}/manifests/1`)
  const events = await flushed(recorder, 'x'.repeat(255))
  assert.equal(emfTotal(events, 'ECRImagePulls', { Repository: repository }), 1)
})

test('the validator of these tests refuses what breaks a rule', () => {
  const valid = {
    _aws: {
      Timestamp: Date.now(),
      CloudWatchMetrics: [{ Namespace: 'N', Dimensions: [['D']], Metrics: [metric('M')] }],
    },
    D: 'd',
    M: 1,
  }
  emfEvent(JSON.stringify(valid))
  for (const broken of [
    { ...valid, _aws: { ...valid._aws, Timestamp: Date.now() - 15 * 24 * 3_600_000 } },
    { ...valid, _aws: { ...valid._aws, CloudWatchMetrics: [] } },
    { ...valid, D: '' },
    { ...valid, D: 'größe' },
    { ...valid, D: 'd'.repeat(1025) },
    { ...valid, M: Array.from({ length: 101 }, () => 1) },
    { ...valid, M: 'one' },
    { ...valid, M: { nested: 1 } },
    { ...valid, extra: 'x'.repeat(300_000) },
    { _aws: valid._aws, D: 'd' },
    { _aws: valid._aws, M: 1 },
  ]) {
    assert.throws(() => emfEvent(JSON.stringify(broken)))
  }
  assert.throws(() => emfEvent(`{"msg":"a log line"}`))
  assert.throws(() => emfEvents(JSON.stringify(valid)))
})

function metric(name: string): object {
  return { Name: name, Unit: 'Count' }
}
