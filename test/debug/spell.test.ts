import assert from 'node:assert/strict'
import { test } from 'node:test'
import { spellBetween } from '../../src/debug/spell.ts'
import { distribution, snapshotOf } from './snapshots.ts'

test('a spell is what came between its two marks, by operation', () => {
  const was = { requests: 5, clientErrors: 1, serverErrors: 1, bytesIn: 10, bytesOut: 20 }
  const is = { requests: 105, clientErrors: 3, serverErrors: 4, bytesIn: 14, bytesOut: 25 }
  const [before, after] = [
    distribution(10, 5),
    { count: 105, sum: 1050, buckets: [[10, 100] as const, [20, 5] as const] },
  ]
  const older = snapshotOf({}, { tags: { ...was, durationMs: before, upstreamMs: distribution(5, 5) } }).operations
  const newer = snapshotOf({}, { tags: { ...is, durationMs: after, upstreamMs: distribution(5, 105) } }).operations
  const { seconds, operations } = spellBetween({ now: 1000, operations: older }, { now: 61_400, operations: newer })
  assert.equal(seconds, 60)
  assert.deepEqual(
    operations.find(({ operation }) => operation === 'tags'),
    {
      operation: 'tags',
      requests: 100,
      clientErrors: 2,
      serverErrors: 3,
      bytesIn: 4,
      bytesOut: 5,
      p50Ms: 10,
      p90Ms: 10,
      p99Ms: 20,
      upstreamShare: 0.5,
    },
  )
})

test('where nothing came there are no times; of pushes of layers nobody knows whom they wait for', () => {
  const mark = { now: 0, operations: snapshotOf().operations }
  const pushes = snapshotOf(
    {},
    { 'layer-push': { requests: 9, durationMs: distribution(5, 9), upstreamMs: distribution(5, 9) } },
  )
  const { operations } = spellBetween(mark, { now: 0, operations: pushes.operations })
  const shown = operations.map(({ operation, p50Ms, upstreamShare }) => [operation, p50Ms, upstreamShare])
  assert.deepEqual(shown, [
    ['manifest-pull', null, null],
    ['manifest-push', null, null],
    ['layer-pull', null, null],
    ['layer-push', 5, null],
    ['tags', null, null],
    ['other', null, null],
  ])
})
