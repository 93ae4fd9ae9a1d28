import { findingsOf, type Operations, type Whose } from '../../src/debug/findings.ts'
import type { Past } from '../../src/debug/past.ts'
import type { Column } from '../../src/debug/row.ts'
import { type Mark, spellBetween } from '../../src/debug/spell.ts'
import { snapshotOf } from './snapshots.ts'

export type Series = Partial<Record<Column, number[]>>

export const SECONDS = 300

export function constant(value: number, seconds = SECONDS): number[] {
  return Array.from({ length: seconds }, () => value)
}

export const SECOND_BY_SECOND = Array.from({ length: SECONDS }, (_, i) => i * 1000)

/** A series that changes after four minutes. */
export function step(before: number, after: number): number[] {
  return [...constant(before, SECONDS - 60), ...constant(after, 60)]
}

export const NOTHING_YET: Mark = { now: 0, operations: snapshotOf().operations }
export const NOTHING_CAME: Operations = {
  minute: spellBetween(NOTHING_YET, NOTHING_YET),
  earlier: [],
}

export function textsOf(past: Past, operations = NOTHING_CAME, whose: Whose = 'process'): string[] {
  return findingsOf(past, operations, whose).map(({ text }) => text)
}

/** What is found in a past in which all is well but for these series. */
export function found(series: Series, operations?: Operations, whose?: Whose): string[] {
  const well: Series = {
    at: SECOND_BY_SECOND,
    tokenAgeSeconds: constant(60),
    certificateDaysLeft: constant(Number.NaN),
    'requests manifest-pull': constant(10),
    heapUsed: constant(40 * 1024 * 1024),
    activeHandles: constant(20),
    inFlight: constant(1),
  }
  const all = { ...well, ...series }
  return textsOf({ series: (column) => all[column] ?? constant(0) }, operations, whose)
}
