import type { Column } from './row.ts'
import { last, sum } from './series.ts'

/** The last minutes, the oldest first: a value a second, or less where the process stood still. */
export interface Past {
  series(column: Column): readonly number[]
}

/** Gaps in which a condition may rest and still count as held, in seconds; a row lasts some milliseconds more than one. */
const GAP_SECONDS = 3.5

/** What came in all the time that there are rows for, of a series of rates. */
export function total(past: Past, column: Column): number {
  return sum(counts(past, column))
}

/** What came in the last `seconds`, of a series of rates. */
export function lately(past: Past, column: Column, seconds: number): number {
  const at = past.series('at')
  const rows = at.filter((each) => each > last(at) - seconds * 1000).length
  return sum(counts(past, column).slice(-rows))
}

/** For how long there are rows, in seconds. */
export function secondsOf(past: Past): number {
  return sum(rows(past, 'at').map(({ seconds }) => seconds))
}

/** For how many seconds, up to the last, a condition has held, short gaps forgiven; 0 where it has ended. */
export function heldFor(past: Past, column: Column, holds: (value: number) => boolean): number {
  return held(rows(past, column), holds)
}

/** The same for what a row says of its end alone: of a longer one no more than a second is known. */
export function heldAtEnds(past: Past, column: Column, holds: (value: number) => boolean): number {
  return held(
    rows(past, column).map(({ value }) => ({ value, seconds: 1 })),
    holds,
  )
}

function held(seen: readonly Lasting[], holds: (value: number) => boolean): number {
  let found = 0
  let passed = 0
  for (const { value, seconds } of seen.toReversed()) {
    if (passed - found >= GAP_SECONDS) break
    passed += seconds
    if (holds(value)) found = passed
  }
  return found
}

/** When the last row ended of which a condition holds, by the clock of the rows; NaN where it holds of none. */
export function lastAt(past: Past, column: Column, holds: (value: number) => boolean): number {
  return last(
    rows(past, column)
      .filter(({ value }) => holds(value))
      .map(({ at }) => at),
  )
}

/** What came with each row: a process that stood still has rows of many seconds. */
function counts(past: Past, column: Column): number[] {
  return rows(past, column).map(({ value, seconds }) => value * seconds)
}

interface Lasting {
  value: number
  seconds: number
}

interface Row extends Lasting {
  at: number
}

/** The values of a column with how long their rows lasted; the first one counts as a second, as most are. */
function rows(past: Past, column: Column): Row[] {
  const values = past.series(column)
  let before: number | undefined
  return past.series('at').map((at, i) => {
    const seconds = before === undefined ? 1 : (at - before) / 1000
    before = at
    return { at, value: values[i] ?? Number.NaN, seconds }
  })
}
