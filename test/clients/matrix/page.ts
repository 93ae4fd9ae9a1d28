import { parse, type Row, render } from './table.ts'

/** This file runs as dist/test/clients/matrix/page.js. */
export const CLIENTS_PAGE = new URL('../../../../docs/clients.md', import.meta.url)
/** What the last run found. */
export const RESULTS_FILE = new URL('../../../../build/clients/matrix.json', import.meta.url)

const BEGIN = '<!-- begin: matrix -->'
const END = '<!-- end -->'

/** The table that the page has. */
export function tableOf(page: string): Row[] {
  return parse(parts(page).table)
}

/** The page with the table of this run in place of its own. */
export function pageWith(page: string, rows: readonly Row[]): string {
  const { above, table, below } = parts(page)
  return [...above, ...render(rows, parse(table)), ...below].join('\n')
}

function parts(page: string): { above: string[]; table: string[]; below: string[] } {
  const lines = page.split('\n')
  const begin = lines.indexOf(BEGIN) + 1
  const end = lines.indexOf(END)
  if (begin === 0 || end < begin) throw new Error(`the page has no ${BEGIN} … ${END}`)
  return { above: lines.slice(0, begin), table: lines.slice(begin, end), below: lines.slice(end) }
}
