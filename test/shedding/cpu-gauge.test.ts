import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { CpuGauge } from '../../src/shedding/cpu-gauge.ts'

const usedMs = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

test('what a process works counts, and what it waits does not', async () => {
  const gauge = new CpuGauge()
  const [usedBefore, startedAt] = [usedMs(), performance.now()]
  while (usedMs() < usedBefore + 100);
  const [used, share, tookMs] = [usedMs() - usedBefore, gauge.take(), performance.now() - startedAt]
  assert.ok(Math.abs(share * tookMs - used) < 20, `${share} of ${tookMs} ms, used ${used} ms`)
  await sleep(300)
  const waited = gauge.take()
  assert.ok(waited < share / 2, `${waited} after ${share}`)
})
