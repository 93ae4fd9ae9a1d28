import assert from 'node:assert/strict'
import { test } from 'node:test'
import { OWN_METRICS, renderReading } from '../../src/debug/prometheus.ts'
import { prometheusName, renderPrometheus } from '../../src/metrics/prometheus.ts'
import { readingOf, snapshotOf } from './snapshots.ts'

test('a reading is its metrics and what is told of its process, in seconds and bytes', () => {
  const process = {
    now: 90_000,
    cpuMs: 4500,
    rss: 3000,
    heapUsed: 2000,
    arrayBuffers: 1000,
    activeHandles: 7,
    loop: { active: 2500, idle: 1, utilization: 1 },
  }
  const pool = { connected: 3, running: 2, waiting: 1 }
  const reading = readingOf(0, { process, pool, tokenRefreshInMs: 1500 })
  const text = renderReading(reading)
  const metrics = renderPrometheus(snapshotOf())
  assert.ok(text.startsWith(metrics))
  const own = text.slice(metrics.length)
  assert.deepEqual(
    own.split('\n').filter((line) => !line.startsWith('#')),
    [
      'ecr_reverse_proxy_process_uptime_seconds 90',
      'ecr_reverse_proxy_process_cpu_seconds_total 4.5',
      'ecr_reverse_proxy_event_loop_busy_seconds_total 2.5',
      'ecr_reverse_proxy_resident_memory_bytes 3000',
      'ecr_reverse_proxy_heap_used_bytes 2000',
      'ecr_reverse_proxy_buffer_bytes 1000',
      'ecr_reverse_proxy_active_handles 7',
      'ecr_reverse_proxy_upstream_connections 3',
      'ecr_reverse_proxy_upstream_connections_in_use 2',
      'ecr_reverse_proxy_upstream_waiting 1',
      'ecr_reverse_proxy_token_refresh_in_seconds 1.5',
      '',
    ],
  )
  for (const metric of OWN_METRICS) {
    const name = prometheusName(metric)
    assert.ok(own.includes(`# HELP ${name} ${metric.meaning}\n`))
    assert.ok(own.includes(`# TYPE ${name} ${metric.kind === 'count' ? 'counter' : 'gauge'}\n`))
  }
})

test('what a process does not know is left out', () => {
  const text = renderReading(readingOf(0))
  assert.doesNotMatch(text, /^ecr_reverse_proxy_(?:upstream_connections|upstream_waiting|token_refresh_in)/m)
})
