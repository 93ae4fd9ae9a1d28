import assert from 'node:assert/strict'
import { test } from 'node:test'
import { grown, inWords, last, share, sum } from '../../src/debug/series.ts'

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
