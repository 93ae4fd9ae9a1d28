import type { Distribution } from '../metrics/snapshot.ts'

/** How many values fell into each bucket, by its upper bound. */
export type Buckets = ReadonlyMap<number, number>

/** What came to some distributions between two snapshots, put together. */
export function between(pairs: readonly (readonly [older: Distribution, newer: Distribution])[]): Buckets {
  const came = new Map<number, number>()
  for (const pair of pairs) {
    count(came, pair[1].buckets, 1)
    count(came, pair[0].buckets, -1)
  }
  return came
}

// Without destructuring, which would make some objects for each bucket: this runs every second for ever.
function count(came: Map<number, number>, buckets: Distribution['buckets'], sign: 1 | -1): void {
  buckets.forEach((bucket) => {
    came.set(bucket[0], (came.get(bucket[0]) ?? 0) + sign * bucket[1])
  })
}

/** The upper bound of the bucket that holds the quantile (0 to 1); NaN where nothing came. */
export function quantile(buckets: Buckets, share: number): number {
  const uppers: number[] = []
  let all = 0
  buckets.forEach((inBucket, upper) => {
    all += inBucket
    if (inBucket > 0) uppers.push(upper)
  })
  let seen = 0
  return (
    uppers
      .toSorted((a, b) => a - b)
      .find((upper) => {
        seen += buckets.get(upper) ?? 0
        return seen >= share * all
      }) ?? Number.NaN
  )
}
