import type { Distribution } from './snapshot.ts'

// Buckets grow by 2^(1/15), which is 4.7 %: every fifteenth ends at a power of two of the first.

/** The first bucket ends here; the unit is that of the values. */
const FIRST_UPPER = 1 / 8
const BUCKETS_PER_DOUBLING = 15
const DOUBLINGS = 30
const BUCKETS = DOUBLINGS * BUCKETS_PER_DOUBLING + 1

/** Where values are counted by size, in memory that does not grow: from 1/8 to 1.3e8, which is 37 hours in milliseconds. */
export class Tally {
  #count = 0
  #sum = 0
  // Numbers and not integers of 32 bits, which a busy month would wrap; no typed array, each number read from which is an
  // object. Made for the first value: the debug server has all tallies added up every second, most of them empty.
  #buckets: number[] | undefined

  /** Counts a value; one beyond the last bucket is counted there, one that is negative as 0. */
  record(value: number): void {
    const counted = value > 0 ? value : 0
    this.#countIn(bucketOf(counted), 1)
    this.#count += 1
    this.#sum += counted
  }

  add({ count, sum, buckets }: Distribution): void {
    for (const [upper, inBucket] of buckets) this.#countIn(bucketOf(upper), inBucket)
    this.#count += count
    this.#sum += sum
  }

  distribution(): Distribution {
    const buckets: [upper: number, count: number][] = []
    this.#buckets?.forEach((count, index) => {
      if (count > 0) buckets.push([upperOf(index), count])
    })
    return { count: this.#count, sum: this.#sum, buckets }
  }

  #countIn(index: number, by: number): void {
    this.#buckets ??= Array.from({ length: BUCKETS }, () => 0)
    this.#buckets[index] = (this.#buckets[index] ?? 0) + by
  }
}

/** What stands for the values of a bucket: its middle, no more than 2.4 % from any of them, in as many digits as that has. */
export function middleOf(upper: number): number {
  const middle = upper <= FIRST_UPPER ? FIRST_UPPER / 2 : upper * 2 ** (-0.5 / BUCKETS_PER_DOUBLING)
  return Number(middle.toPrecision(4))
}

/** The ends of the buckets at which counts by doublings are exact, ascending. */
export const DOUBLED_UPPERS: readonly number[] = Array.from({ length: DOUBLINGS + 1 }, (_, i) => FIRST_UPPER * 2 ** i)

function upperOf(index: number): number {
  return FIRST_UPPER * 2 ** (index / BUCKETS_PER_DOUBLING)
}

function bucketOf(value: number): number {
  if (value <= FIRST_UPPER) return 0
  const exact = Math.log2(value / FIRST_UPPER) * BUCKETS_PER_DOUBLING
  // The end of a bucket belongs to it, however its logarithm was rounded.
  return Math.min(BUCKETS - 1, Math.max(1, Math.ceil(exact - 1e-9)))
}
