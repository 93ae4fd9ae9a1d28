import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startTimes, warmUpMs } from './schedule.ts'

test('the warm-up takes three minutes, and three fifths of a run that is shorter than five', () => {
  assert.equal(warmUpMs(15), 180_000)
  assert.equal(warmUpMs(5), 180_000)
  assert.equal(warmUpMs(2), 72_000)
})

test('operations start at their rate, and nine a second in the warm-up', () => {
  const times = [...startTimes({ minutes: 5, rate: 2 })]
  assert.equal(times[0], 0)
  assert.equal(times.filter((at) => at < 180_000).length, 1620)
  assert.equal(times.filter((at) => at >= 180_000).length, 240)
  assert.ok(times.every((at) => at < 300_000))
})

test('a rate that is higher than the warm-up needs holds from the beginning', () => {
  assert.equal([...startTimes({ minutes: 5, rate: 20 })].length, 6000)
})
