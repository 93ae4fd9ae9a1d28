import assert from 'node:assert/strict'
import { test } from 'node:test'
import { OPERATION_METRICS, PROCESS_METRICS, REPOSITORY_METRICS } from '../../src/metrics/definitions.ts'
import { prometheusName, renderPrometheus } from '../../src/metrics/prometheus.ts'
import { end, recorderOf } from './recorder-of.ts'

const SAMPLE = /^([a-z][a-z_]*)(?:\{((?:[a-z]+="[^"\\\n]*",?)+)\})? (\S+)$/
const HEAD = /^# (HELP|TYPE) ([a-z][a-z_]*) (\S.*)$/

/** The samples by name and labels; fails where the text breaks the format. */
function samplesOf(text: string): Map<string, number> {
  assert.ok(text.endsWith('\n'))
  const samples = new Map<string, number>()
  let family = ''
  for (const line of text.split('\n').slice(0, -1)) {
    const [, , named] = HEAD.exec(line) ?? []
    if (named !== undefined) {
      family = named
      continue
    }
    const [, name = '', labels = '', value] = SAMPLE.exec(line) ?? assert.fail(line)
    assert.ok(name.replace(/_(?:bucket|sum|count)$/, '') === family || name === family, `${name} is under ${family}`)
    const key = labels === '' ? name : `${name}{${labels}}`
    assert.ok(!samples.has(key), `${key} is told twice`)
    samples.set(key, Number(value))
  }
  return samples
}

test('every metric is there by the conventions of Prometheus', () => {
  const names = [...PROCESS_METRICS, ...OPERATION_METRICS, ...REPOSITORY_METRICS].map(prometheusName)
  assert.deepEqual(
    names.map((name) => name.replace('ecr_reverse_proxy_', '')),
    [
      'upstream_errors_total',
      'throttles_total',
      'retries_total',
      'in_flight',
      'token_age_seconds',
      'token_refreshes_total',
      'token_refresh_failures_total',
      'certificate_days_left',
      'event_loop_delay_seconds',
      'shed_requests_total',
      'requests_total',
      'client_errors_total',
      'server_errors_total',
      'duration_seconds',
      'upstream_duration_seconds',
      'bytes_in_total',
      'bytes_out_total',
      'ecr_image_pulls_total',
      'ecr_image_pushes_total',
    ],
  )
  const text = renderPrometheus(recorderOf().snapshot())
  for (const name of names) {
    assert.match(text, new RegExp(`^# HELP ${name} \\S`, 'm'))
    assert.match(text, new RegExp(`^# TYPE ${name} (?:counter|gauge|histogram)$`, 'm'))
  }
})

test('counts and gauges are told with their labels', () => {
  const recorder = recorderOf({ inFlight: () => 2 })
  end(recorder, 'GET', '/v2/team/app/manifests/1', { numbers: { bytesOut: 12, throttles: 1, tries: 2 } })
  end(recorder, 'GET', '/v2/team/app/manifests/2', { status: 404 })
  const samples = samplesOf(renderPrometheus(recorder.snapshot()))
  const of = (name: string): number | undefined => samples.get(`ecr_reverse_proxy_${name}`)
  assert.equal(of('requests_total{operation="manifest-pull"}'), 2)
  assert.equal(of('requests_total{operation="tags"}'), 0)
  assert.equal(of('client_errors_total{operation="manifest-pull"}'), 1)
  assert.equal(of('bytes_out_total{operation="manifest-pull"}'), 12)
  assert.equal(of('ecr_image_pulls_total{repository="team/app"}'), 1)
  assert.equal(of('throttles_total'), 1)
  assert.equal(of('retries_total'), 1)
  assert.equal(of('in_flight'), 2)
  assert.equal(of('token_age_seconds'), 90)
})

test('durations are cumulative histograms in seconds, exact at every bound', () => {
  const recorder = recorderOf()
  for (const ms of [0.05, 1, 3, 4, 5, 1000]) end(recorder, 'GET', '/v2/', { ms })
  const samples = samplesOf(renderPrometheus(recorder.snapshot()))
  const of = (name: string): number | undefined => samples.get(`ecr_reverse_proxy_duration_seconds${name}`)
  assert.equal(of('_bucket{operation="other",le="0.000125"}'), 1)
  assert.equal(of('_bucket{operation="other",le="0.0005"}'), 1)
  assert.equal(of('_bucket{operation="other",le="0.001"}'), 2)
  assert.equal(of('_bucket{operation="other",le="0.004"}'), 4)
  assert.equal(of('_bucket{operation="other",le="0.008"}'), 5)
  assert.equal(of('_bucket{operation="other",le="1.024"}'), 6)
  assert.equal(of('_bucket{operation="other",le="+Inf"}'), 6)
  assert.equal(of('_count{operation="other"}'), 6)
  assert.equal(of('_sum{operation="other"}'), 1.01305)
  assert.equal(samples.get('ecr_reverse_proxy_event_loop_delay_seconds_bucket{le="+Inf"}'), 0)
})

test('without a valid token its age is missing', () => {
  const recorder = recorderOf({ tokens: () => ({ current: undefined, ageMs: () => 0 }) })
  const samples = samplesOf(renderPrometheus(recorder.snapshot()))
  assert.equal(samples.has('ecr_reverse_proxy_token_age_seconds'), false)
})
