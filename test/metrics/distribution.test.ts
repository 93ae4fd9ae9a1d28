import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { DOUBLED_UPPERS, middleOf, Tally } from '../../src/metrics/distribution.ts'

const LARGEST = DOUBLED_UPPERS.at(-1) ?? 0

function tallyOf(values: number[]): Tally {
  const tally = new Tally()
  for (const value of values) tally.record(value)
  return tally
}

function onlyUpper(value: number): number {
  const [bucket, ...others] = tallyOf([value]).distribution().buckets
  assert.deepEqual(others, [])
  return bucket?.[0] ?? assert.fail('no bucket')
}

test('a value lies in a bucket of less than 5 %, and its middle is less than 2.5 % from it', () => {
  fc.assert(
    fc.property(fc.double({ min: 1 / 8, max: LARGEST, minExcluded: true, noNaN: true }), (value) => {
      const upper = onlyUpper(value)
      assert.ok(value <= upper * (1 + 1e-9), `${value} is above ${upper}`)
      assert.ok(value * 1.05 > upper, `${value} is more than 5 % below ${upper}`)
      assert.ok(Math.abs(middleOf(upper) - value) / value < 0.025)
    }),
  )
})

test('every end of a bucket belongs to it, so that a distribution can be counted on elsewhere', () => {
  const uppers = new Set<number>()
  for (let value = 1 / 16; value < LARGEST; value *= 1.02) uppers.add(onlyUpper(value))
  assert.ok(uppers.size > 440)
  for (const upper of uppers) assert.equal(onlyUpper(upper), upper)
  for (const upper of DOUBLED_UPPERS) assert.equal(onlyUpper(upper), upper)
})

test('what is too small or too large is counted in the first or the last bucket', () => {
  assert.deepEqual(tallyOf([-1, 0, 1e-9, 1 / 8]).distribution(), { count: 4, sum: 1 / 8 + 1e-9, buckets: [[1 / 8, 4]] })
  assert.equal(middleOf(1 / 8), 1 / 16)
  assert.deepEqual(tallyOf([1e12]).distribution(), { count: 1, sum: 1e12, buckets: [[LARGEST, 1]] })
})

test('a distribution that is added counts as its values would', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 1e8 })),
      fc.array(fc.integer({ min: 0, max: 1e8 })),
      (one, other) => {
        const sum = tallyOf(one)
        sum.add(tallyOf(other).distribution())
        assert.deepEqual(sum.distribution(), tallyOf([...one, ...other]).distribution())
      },
    ),
  )
})

test('count and sum are exact, and buckets ascend', () => {
  const values = Array.from({ length: 1000 }, (_, i) => i)
  const { count, sum, buckets } = tallyOf(values).distribution()
  assert.equal(count, 1000)
  assert.equal(sum, 499_500)
  assert.deepEqual(
    buckets.map(([upper]) => upper),
    buckets.map(([upper]) => upper).toSorted((a, b) => a - b),
  )
  assert.equal(
    buckets.reduce((all, [, inBucket]) => all + inBucket, 0),
    1000,
  )
})
