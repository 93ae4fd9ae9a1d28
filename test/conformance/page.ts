import { type Deviation, DEVIATIONS, IMPROVEMENTS } from './expectations.ts'
import type { Registry } from './stage.ts'
import { linesOf, type Table } from './table.ts'

/** Name of the generated part of docs/testing.md. */
export const PART = 'conformance'

const NAMES: Readonly<Record<Registry, string>> = { plain: 'docker-registry', simulator: 'ECR simulator' }

export function partLines(table: Table, version: string): string[] {
  return [
    `Suite ${version}, against version 1.1 of the spec.`,
    '',
    ...linesOf(table),
    '',
    'What does not pass at the simulator, and why; where nothing is said of the proxy, it changes nothing.',
    '',
    '| tests | are | why | source |',
    '|---|---|---|---|',
    ...DEVIATIONS.map(rowOf),
    '',
    'What passes through the proxy only:',
    '',
    ...IMPROVEMENTS.map(({ registry, what, why }) => `- ${NAMES[registry]}, ${what}: ${why}`),
  ]
}

function rowOf({ what, outcome, ways, why, source }: Deviation): string {
  const where = ways.length === 1 ? `${outcome}, ${ways[0]} only` : outcome
  return `| ${what} | ${where} | ${why} | ${source} |`
}
