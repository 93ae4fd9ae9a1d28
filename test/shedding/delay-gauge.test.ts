// docs/request-handling.md: 24
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LOAD_DELAY_MS, LOAD_SAMPLE_MS } from '../../src/limits.ts'
import { DelayGauge } from '../../src/shedding/delay-gauge.ts'

const SAMPLES = LOAD_DELAY_MS / LOAD_SAMPLE_MS

test('the mean of a second is told from its end to the end of the next', () => {
  const gauge = new DelayGauge()
  const [late, second] = [15, Math.ceil(LOAD_DELAY_MS / (LOAD_SAMPLE_MS + 15))]
  for (let i = 1; i < second; i += 1) gauge.sample(late)
  assert.equal(gauge.meanMs, 0)
  gauge.sample(late)
  assert.equal(gauge.meanMs, late)
  for (let i = 1; i < SAMPLES; i += 1) gauge.sample(0)
  assert.equal(gauge.meanMs, late)
  gauge.sample(0)
  assert.equal(gauge.meanMs, 0)
})

test('one pause counts for as much as it is of a second', () => {
  const gauge = new DelayGauge()
  for (let i = 0; i < SAMPLES; i += 1) gauge.sample(i === 0 ? 300 : 0)
  assert.ok(gauge.meanMs > 0 && gauge.meanMs < 12, `${gauge.meanMs}`)
})
