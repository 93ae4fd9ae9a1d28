import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { CpuGauge } from '../../src/shedding/cpu-gauge.ts'

test('what a process works counts, and what it waits does not', async () => {
  const gauge = new CpuGauge()
  // CPU time, so that it holds whoever else wants the core.
  const before = process.cpuUsage()
  const startedAt = performance.now()
  while (process.cpuUsage(before).user < 100_000);
  const worked = gauge.take()
  const tookMs = performance.now() - startedAt
  assert.ok(Math.abs(worked * tookMs - 100) < 50, `${worked} of ${tookMs} ms`)
  await sleep(300)
  const waited = gauge.take()
  assert.ok(waited < worked / 2 || waited < 0.2, `${waited} after ${worked}`)
})
