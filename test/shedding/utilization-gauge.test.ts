import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import { UtilizationGauge } from '../../src/shedding/utilization-gauge.ts'

test('a turn that takes long is busy, and waiting for a timer is not', async () => {
  // Node measures nothing before the first turn, and a test may begin before that.
  await nextTurn()
  const gauge = new UtilizationGauge()
  const endsAt = performance.now() + 200
  while (performance.now() < endsAt);
  const busy = gauge.take()
  await sleep(200)
  const waited = gauge.take()
  assert.ok(busy > 0.9 && busy <= 1, `busy: ${busy}`)
  assert.ok(waited < 0.25, `waited: ${waited}`)
})
