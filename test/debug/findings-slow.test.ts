import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Mark, type Spell, spellBetween } from '../../src/debug/spell.ts'
import type { Operation } from '../../src/metrics/operation.ts'
import { found, NOTHING_YET } from './pasts.ts'
import { distribution, snapshotOf } from './snapshots.ts'

/** So many requests of an operation, most quick, some that took `slowMs`; half of the time ECR was waited for. */
function came(mark: Mark, quick: number, slow: number, slowMs: number, operation: Operation): Mark {
  const was = mark.operations[operation]
  const requests = was.requests + quick + slow
  const buckets = [...was.durationMs.buckets, [100, quick] as const, [slowMs, slow] as const]
  const sum = was.durationMs.sum + quick * 100 + slow * slowMs
  const upstreamMs = distribution(sum / 2, 1)
  const numbers = { requests, durationMs: { count: requests, sum, buckets }, upstreamMs }
  return { now: mark.now + 60_000, operations: snapshotOf({}, { [operation]: numbers }).operations }
}

/** What is told when these came in the last minute, after some before. */
function afterQuick(
  before: number,
  quick: number,
  slow: number,
  slowMs: number,
  operation: Operation = 'layer-pull',
): string[] {
  const minuteAgo = came(NOTHING_YET, before, 0, 0, operation)
  const now = came(minuteAgo, quick, slow, slowMs, operation)
  return found({}, { minute: spellBetween(minuteAgo, now), earlier: [spellBetween(NOTHING_YET, minuteAgo)] })
}

const WELL = ['nothing stands out in the last 5 minutes']

// Of one a second, a tenth: most seconds have none of them.
test('an operation that has become slower is told by its name, and how much of it is waiting for ECR', () => {
  assert.deepEqual(afterQuick(300, 54, 6, 10_000), [
    'the slowest hundredth of layer-pull takes over 10 s in the last minute, and took 100 ms before; 50 % of all its time is waiting for ECR',
  ])
  assert.equal(afterQuick(20, 0, 20, 501).length, 1)
})

test('what is slow for its client, was ever so, or of which little came, is not told as slow', () => {
  assert.deepEqual(afterQuick(300, 54, 6, 10_000, 'layer-push'), WELL)
  assert.deepEqual(afterQuick(300, 60, 0, 10_000), WELL)
  assert.deepEqual(afterQuick(300, 54, 6, 500), WELL)
  assert.deepEqual(afterQuick(19, 54, 6, 10_000), WELL)
  assert.deepEqual(afterQuick(300, 14, 5, 10_000), WELL)
  const minuteAgo = came(NOTHING_YET, 0, 300, 3000, 'layer-pull')
  const now = came(minuteAgo, 0, 300, 10_000, 'layer-pull')
  const operations = { minute: spellBetween(minuteAgo, now), earlier: [spellBetween(NOTHING_YET, minuteAgo)] }
  assert.deepEqual(found({}, operations), WELL)
})

test('what is slow for less than half of the time is not what was usual', () => {
  const quick = came(NOTHING_YET, 100, 0, 0, 'tags')
  const slow = came(quick, 0, 100, 3000, 'tags')
  const [quickMinute, slowMinute] = [spellBetween(NOTHING_YET, quick), spellBetween(quick, slow)]
  const told = (earlier: Spell[]): number => found({}, { minute: slowMinute, earlier }).filter(isOfTags).length
  const isOfTags = (text: string): boolean => text.includes('of tags')
  assert.equal(told([slowMinute, quickMinute, quickMinute, slowMinute, quickMinute]), 1)
  assert.equal(told([slowMinute, quickMinute, slowMinute, slowMinute, quickMinute]), 0)
  assert.equal(told([]), 0)
})

test('of several operations the one is told that has become slower by most', () => {
  const minuteAgo = snapshotOf(
    {},
    {
      tags: { requests: 50, durationMs: distribution(100, 50) },
      'layer-pull': { requests: 50, durationMs: distribution(400, 50) },
    },
  ).operations
  const slow = { count: 100, sum: 0, buckets: [...distribution(100, 50).buckets, ...distribution(2000, 50).buckets] }
  const slower = { count: 100, sum: 0, buckets: [...distribution(400, 50).buckets, ...distribution(3000, 50).buckets] }
  const now = snapshotOf(
    {},
    { 'layer-pull': { requests: 100, durationMs: slower }, tags: { requests: 100, durationMs: slow } },
  ).operations
  const [told = ''] = found(
    {},
    {
      minute: spellBetween({ now: 0, operations: minuteAgo }, { now: 60_000, operations: now }),
      earlier: [spellBetween(NOTHING_YET, { now: 0, operations: minuteAgo })],
    },
  )
  assert.match(told, /^the slowest hundredth of tags takes over 2\.0 s/)
})
