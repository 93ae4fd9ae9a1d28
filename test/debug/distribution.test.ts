import assert from 'node:assert/strict'
import { test } from 'node:test'
import { between, quantile } from '../../src/debug/distribution.ts'
import type { Distribution } from '../../src/metrics/snapshot.ts'

function distribution(...buckets: [upper: number, count: number][]): Distribution {
  return { count: buckets.reduce((sum, [, count]) => sum + count, 0), sum: 0, buckets }
}

test('a quantile is that of what came between two snapshots, of all distributions together', () => {
  const came = between([
    [distribution([10, 5]), distribution([10, 5], [20, 98])],
    [distribution(), distribution([5, 1], [1000, 1])],
  ])
  assert.equal(quantile(came, 0), 5)
  assert.equal(quantile(came, 0.5), 20)
  assert.equal(quantile(came, 0.99), 20)
  assert.equal(quantile(came, 1), 1000)
})

test('where nothing came, there is none', () => {
  const same = distribution([10, 5])
  assert.ok(Number.isNaN(quantile(between([[same, same]]), 0.5)))
  assert.ok(Number.isNaN(quantile(between([]), 0.5)))
})
