import { dirname } from 'node:path'
import type { FileCoverage } from './lcov.ts'

/** So many missed lines or branches of a pure file are right as they are. */
export interface Exception {
  file: string
  what: 'lines' | 'branches'
  missed: number
  reason: string
}

/** Least share of src/ that tests must reach, of lines and of branches. */
const LEAST = 0.95

// Nothing of these may be missed.
const PURE = new RegExp(
  [
    '^src/(?:aws|config|registry|ecr|metrics|shedding|doctor)/',
    '^src/upstream/(?:retry-policy|retry-budget|failure|missing-repository|request-payload)\\.ts$',
    '^src/debug/(?:distribution|findings|history|in-flight|loopback|past|prometheus|row|series|settings|source-frames|spell|window)\\.ts$',
  ].join('|'),
)

/** Whether a source file is tested by table, without a server. */
export function isPure(file: string): boolean {
  return PURE.test(file)
}

/** What is wrong with the coverage of the source files, a line each; `sources` are all that there are, `files` what was measured. */
export function problemsOf(files: FileCoverage[], sources: string[], exceptions: readonly Exception[]): string[] {
  const measured = new Set(files.map(({ file }) => file))
  return [
    ...sources.filter((file) => !measured.has(file)).map((file) => `${file}: no test loads it`),
    ...shortfalls(files),
    ...files.filter(({ file }) => isPure(file)).flatMap((file) => missedIn(file, exceptions)),
    ...exceptions
      .filter(({ file }) => !measured.has(file))
      .map(({ file, what }) => `${file}: it is not there, and needs no exception for its ${what}; take it out`),
    ...exceptions
      .filter(({ file }) => measured.has(file) && !isPure(file))
      .map(({ file, what }) => `${file}: it is none of the pure files, and has an exception for its ${what}`),
  ]
}

function shortfalls(files: FileCoverage[]): string[] {
  const { lines, branches } = totalOf(files)
  const least = `expected at least ${percent(LEAST)}`
  return [
    ...(lines < LEAST ? [`src/: ${percent(lines)} of the lines are covered; ${least}`] : []),
    ...(branches < LEAST ? [`src/: ${percent(branches)} of the branches are covered; ${least}`] : []),
  ]
}

function missedIn(coverage: FileCoverage, exceptions: readonly Exception[]): string[] {
  const { file, missedLines, missedBranches } = coverage
  return (['lines', 'branches'] as const).flatMap((what) => {
    const missed = what === 'lines' ? missedLines : missedBranches
    const exception = exceptions.find((each) => each.file === file && each.what === what)
    if (missed.length === (exception?.missed ?? 0)) return []
    const found = missed.length === 0 ? `all ${what} are covered` : `${what} not covered: ${atLines(missed)}`
    return [
      `${file}: ${found}; ${exception === undefined ? 'expected none' : `its exception is for ${exception.missed}`}`,
    ]
  })
}

function atLines(lines: number[]): string {
  return `${lines.length} (line ${lines.join(', ')})`
}

/** A row for each folder and one for the whole: its name, and what share of its lines and branches is covered. */
export function rowsOf(files: FileCoverage[]): string[] {
  const folders = new Map<string, FileCoverage[]>()
  for (const each of files) {
    const folder = dirname(each.file)
    folders.set(folder, [...(folders.get(folder) ?? []), each])
  }
  const inOrder = [...folders].toSorted(([one], [other]) => one.localeCompare(other))
  return [...inOrder, ['all', files] as const].map(([name, of]) => {
    const { lines, branches } = totalOf(of)
    return `${name.padEnd(16)}${percent(lines).padStart(10)} lines${percent(branches).padStart(10)} branches`
  })
}

function totalOf(files: FileCoverage[]): { lines: number; branches: number } {
  const sum = (numbers: number[]): number => numbers.reduce((total, each) => total + each, 0)
  const lines = sum(files.map((each) => each.lines.length))
  const branches = sum(files.map((each) => each.branches))
  return {
    lines: share(lines, sum(files.map(({ missedLines }) => missedLines.length))),
    branches: share(branches, sum(files.map(({ missedBranches }) => missedBranches.length))),
  }
}

function share(all: number, missed: number): number {
  return all === 0 ? 1 : (all - missed) / all
}

/** Cut, not rounded: 100.00 % is said of nothing less. */
function percent(ratio: number): string {
  return `${(Math.floor(ratio * 10_000) / 100).toFixed(2)} %`
}
