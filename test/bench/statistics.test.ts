import assert from 'node:assert/strict'
import { test } from 'node:test'
import { percentiles } from '../../bench/statistics.ts'

// A proxy that accepted nothing held its goal: 0 ms are under any.
test('percentiles of nothing are no numbers', () => {
  assert.deepEqual(percentiles([]), { p50: Number.NaN, p99: Number.NaN })
  assert.deepEqual(percentiles([3, 1, 2]), { p50: 2, p99: 3 })
})
