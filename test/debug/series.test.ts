import assert from 'node:assert/strict'
import { test } from 'node:test'
import { grown, heldFor, inWords, last, lengthOf, share, sum } from '../../src/debug/series.ts'

const over = (value: number): boolean => value > 1

/** Rows of a second each, as a timer has them. */
const AT = Array.from({ length: 9 }, (_, i) => i * 1001)

test('a condition has held from its first second up to the last, short gaps forgiven', () => {
  assert.equal(Math.round(heldFor([], AT, over)), 0)
  assert.equal(Math.round(heldFor([2, 2, 0, 0, 0, 0, 0], AT, over)), 0)
  assert.equal(Math.round(heldFor([0, 2, 2, 2], AT, over)), 3)
  assert.equal(Math.round(heldFor([2, 2, 0, 0, 0, 2], AT, over)), 6)
  assert.equal(Math.round(heldFor([2, 2, 0, 0, 0, 0, 2], AT, over)), 1)
  assert.equal(Math.round(heldFor([2, 2, 0, Number.NaN], AT, over)), 4)
})

test('a row lasts from the one before', () => {
  assert.deepEqual(
    [0, 1, 2].map((i) => lengthOf([5000, 6000, 26_000], i)),
    [1, 1, 20],
  )
  assert.equal(heldFor([0, 0, 2], [5000, 6000, 26_000], over), 20)
  assert.equal(heldFor([2, 0, 0], [5000, 6000, 26_000], over), 0)
})

test('growth is from the least of the first part to the least of the last one', () => {
  assert.deepEqual(grown([5, 3, 9, 9, 9, 9, 8, 7, 9], 3), { from: 3, to: 7 })
  assert.equal(grown([1, 2, 3, 4], 2), undefined)
})

test('a sum leaves out what is unknown, and the last of nothing is unknown', () => {
  assert.equal(sum([1, Number.NaN, 2]), 3)
  assert.equal(last([1, 2]), 2)
  assert.ok(Number.isNaN(last([])))
})

test('times and shares as one says them', () => {
  assert.deepEqual([0.08, 1.25, 45, 119, 120, 580].map(inWords), [
    '80 ms',
    '1.3 s',
    '45 s',
    '119 s',
    '2 minutes',
    '10 minutes',
  ])
  assert.deepEqual([0.012, 0.5, 1].map(share), ['1.2 %', '50 %', '100 %'])
})
