import assert from 'node:assert/strict'
import { test } from 'node:test'
import { heldAtEnds, heldFor, lastAt, lately, type Past, secondsOf, total } from '../../src/debug/past.ts'

/** Rows of a second each, as a timer has them, unless told when they ended. */
function pastOf(values: number[], at = values.map((_, i) => 5000 + i * 1001)): Past {
  return { series: (column) => (column === 'at' ? at : values) }
}

const over = (value: number): boolean => value > 1
/** Rows that ended at 5, 6 and 26 s. */
const STOOD_STILL = [5000, 6000, 26_000]

test('a condition has held from its first second up to the last, short gaps forgiven', () => {
  const held = (values: number[]): number => Math.round(heldFor(pastOf(values), 'cpuPercent', over))
  assert.equal(held([]), 0)
  assert.equal(held([2, 2, 0, 0, 0, 0, 0]), 0)
  assert.equal(held([0, 2, 2, 2]), 3)
  assert.equal(held([2, 2, 0, 0, 0, 2]), 6)
  assert.equal(held([2, 2, 0, 0, 0, 0, 2]), 1)
  assert.equal(held([2, 2, 0, Number.NaN]), 4)
})

test('a row lasts from the one before, and the first one for a second', () => {
  assert.equal(secondsOf(pastOf([0, 0, 0], STOOD_STILL)), 22)
  assert.equal(heldFor(pastOf([0, 0, 2], STOOD_STILL), 'cpuPercent', over), 20)
  assert.equal(heldFor(pastOf([2, 2, 0], STOOD_STILL), 'cpuPercent', over), 0)
  assert.equal(total(pastOf([3, 2, 0.1], STOOD_STILL), 'shedRequests'), 7)
})

test('of what a row tells of its end no more than a second is known', () => {
  assert.equal(heldAtEnds(pastOf([0, 0, 2], STOOD_STILL), 'poolWaiting', over), 1)
  assert.equal(heldAtEnds(pastOf([2, 2, 2], STOOD_STILL), 'poolWaiting', over), 3)
})

test('lately is what ended within the time, whatever it lasted', () => {
  assert.equal(lately(pastOf([3, 2, 0.1], STOOD_STILL), 'shedRequests', 20), 2)
  assert.equal(lately(pastOf([3, 2, 0.1], STOOD_STILL), 'shedRequests', 20.5), 4)
  assert.equal(lately(pastOf([3, 2, Number.NaN], STOOD_STILL), 'shedRequests', 60), 5)
})

test('the last time that a condition held is the end of its row', () => {
  assert.equal(lastAt(pastOf([2, 2, 0], STOOD_STILL), 'tokenRefreshFailures', over), 6000)
  assert.equal(lastAt(pastOf([0, 0, 2], STOOD_STILL), 'tokenRefreshFailures', over), 26_000)
  assert.ok(Number.isNaN(lastAt(pastOf([0, 0, 0], STOOD_STILL), 'tokenRefreshFailures', over)))
})
