import type { Outcome } from './junit.ts'
import type { Outcomes } from './outcomes.ts'
import { REGISTRIES, WAYS } from './stage.ts'
import type { Runs } from './verdict.ts'

export const TOGETHER = 'together'
const COLUMNS = REGISTRIES.flatMap((registry) => WAYS.map((way) => ({ registry, way })))
const CELL = /^(\d+) \/ (\d+) \/ (\d+)$/

interface Counts {
  passed: number
  failed: number
  skipped: number
}

/** Passed, failed and skipped of each part of the suite; a column for each run. */
export type Table = ReadonlyMap<string, readonly Counts[]>

export function tableOf(runs: Runs): Table {
  const parts = new Set(COLUMNS.flatMap(({ registry, way }) => [...runs[registry][way].keys()].map(partOf)))
  const row = (isIn: (test: string) => boolean): Counts[] =>
    COLUMNS.map(({ registry, way }) => counted(runs[registry][way], isIn))
  return new Map([
    ...[...parts].map((part): [string, Counts[]] => [part, row((test) => partOf(test) === part)]),
    [TOGETHER, row(() => true)],
  ])
}

function partOf(test: string): string {
  return test.replace(/\/.*$/, '')
}

function counted(outcomes: Outcomes, isIn: (test: string) => boolean): Counts {
  const all = [...outcomes].flatMap(([test, each]) => (isIn(test) ? each : []))
  const count = (wanted: Outcome): number => all.filter((each) => each === wanted).length
  return { passed: count('passed'), failed: count('failed'), skipped: count('skipped') }
}

/** As Markdown. */
export function linesOf(table: Table): string[] {
  return [
    '| passed / failed / skipped | docker-registry | … through the proxy | ECR simulator | … through the proxy |',
    '|---|---|---|---|---|',
    ...[...table].map(([part, row]) => `| ${part} | ${row.map(cellOf).join(' | ')} |`),
  ]
}

function cellOf({ passed, failed, skipped }: Counts): string {
  return `${passed} / ${failed} / ${skipped}`
}

/** The table in Markdown lines, which may have other lines around it. */
export function tableIn(lines: readonly string[]): Table {
  return new Map(
    lines.flatMap((line): [string, Counts[]][] => {
      const [part = '', ...cells] = line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim())
      const row = cells.flatMap(countsIn)
      return row.length === COLUMNS.length ? [[part, row]] : []
    }),
  )
}

function countsIn(cell: string): Counts[] {
  const [, passed, failed, skipped] = CELL.exec(cell) ?? []
  return passed === undefined ? [] : [{ passed: Number(passed), failed: Number(failed), skipped: Number(skipped) }]
}

/** Where fewer pass or more fail than before, a line for each cell. */
export function worseThan(before: Table, now: Table): string[] {
  return [...before].flatMap(([part, row]) =>
    row.flatMap((was, column) => {
      const is = now.get(part)?.[column] ?? { passed: 0, failed: 0, skipped: 0 }
      if (is.passed >= was.passed && is.failed <= was.failed) return []
      const { registry, way } = COLUMNS[column] ?? {}
      return [`${registry}, ${way}: ${part}: ${cellOf(is)} passed / failed / skipped, before it was ${cellOf(was)}`]
    }),
  )
}
