import type { Distribution } from '../metrics/snapshot.ts'

/** How many values fell into each bucket, by its upper bound. */
export type Buckets = ReadonlyMap<number, number>

/** What came to some distributions between two snapshots, put together. */
export function between(pairs: readonly (readonly [older: Distribution, newer: Distribution])[]): Buckets {
  const came = new Map<number, number>()
  for (const [older, newer] of pairs) {
    for (const [upper, count] of newer.buckets) came.set(upper, (came.get(upper) ?? 0) + count)
    for (const [upper, count] of older.buckets) came.set(upper, (came.get(upper) ?? 0) - count)
  }
  return came
}

/** The upper bound of the bucket that holds the quantile (0 to 1); NaN where nothing came. */
export function quantile(buckets: Buckets, share: number): number {
  const filled = [...buckets].filter(([, count]) => count > 0).toSorted(([a], [b]) => a - b)
  const all = filled.reduce((sum, [, count]) => sum + count, 0)
  let seen = 0
  for (const [upper, count] of filled) {
    seen += count
    if (seen >= share * all) return upper
  }
  return Number.NaN
}
