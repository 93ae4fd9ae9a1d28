import { TASK_NAMES, type TaskName } from './task.ts'

const VERDICTS = ['yes', 'partly', 'no', 'fails', 'not run'] as const
/** What came of one client and one task. */
export type Verdict = (typeof VERDICTS)[number]

export interface Cell {
  readonly verdict: Verdict
  readonly note: string
}

/** One client of a run; `missing` says why it could not be had. */
export interface Row {
  readonly client: string
  version: string
  readonly missing?: string
  readonly cells: Partial<Record<TaskName, Cell>>
}

const RANK = { 'not run': 0, fails: 0, no: 1, partly: 2, yes: 3 } as const satisfies Record<Verdict, number>

/** In this order, the rows of a run; where it left one out, the row of the table before. */
export function completed(rows: readonly Row[], before: readonly Row[], order: readonly string[]): Row[] {
  return order.flatMap((name) => {
    const row = [...rows, ...before].find(({ client }) => client === name)
    return row === undefined ? [] : [row]
  })
}

/** The table in Markdown; a cell that was not run is taken from the table before. */
export function render(rows: readonly Row[], before: readonly Row[]): string[] {
  const lines = [
    `| client | version | ${TASK_NAMES.join(' | ')} |`,
    `|---|---|${TASK_NAMES.map(() => '---|').join('')}`,
  ]
  for (const row of rows) {
    const old = before.find(({ client }) => client === row.client)
    lines.push(`| ${[row.client, row.version, ...textsOf(row, old)].join(' | ')} |`)
  }
  return lines
}

/** Reads what render() wrote. */
export function parse(lines: readonly string[]): Row[] {
  return lines.slice(2).map((line) => {
    const [client = '', version = '', ...texts] = line.replaceAll(/^\| | \|$/g, '').split(' | ')
    const missing = /^not had: (.*)$/.exec(texts[0] ?? '')?.[1]
    if (missing !== undefined) return { client, version, missing, cells: {} }
    return { client, version, cells: Object.fromEntries(texts.map((each, at) => [TASK_NAMES[at], cellOf(each)])) }
  })
}

/** What of the table before does not hold any more, one line each. */
export function worse(rows: readonly Row[], before: readonly Row[]): string[] {
  return before.flatMap((old) => {
    const now = rows.find(({ client }) => client === old.client)
    if (now === undefined) return [`${old.client} is gone`]
    if (now.missing !== undefined)
      return old.missing === undefined ? [`${old.client} cannot be had: ${now.missing}`] : []
    return TASK_NAMES.flatMap((task) => {
      const [was, is] = [old.cells[task], now.cells[task]]
      if (was === undefined || is?.verdict === 'not run') return []
      return is === undefined || RANK[is.verdict] < RANK[was.verdict]
        ? [`${old.client}, ${task}: ${shown(was)} is now ${is === undefined ? 'not there' : shown(is)}`]
        : []
    })
  })
}

/** One for each task. Why a client could not be had stands in the first alone. */
function textsOf(row: Row, old: Row | undefined): string[] {
  return TASK_NAMES.map((task, at) => {
    if (row.missing !== undefined) return at === 0 ? `not had: ${row.missing}` : 'not had'
    return text(row, task, old)
  })
}

function text(row: Row, task: TaskName, old: Row | undefined): string {
  const cell = row.cells[task]
  const kept = cell === undefined || cell.verdict === 'not run' ? (old?.cells[task] ?? cell) : cell
  return kept === undefined ? 'not run' : shown(kept)
}

function shown({ verdict, note }: Cell): string {
  return note === '' ? verdict : `${verdict}: ${note}`
}

function cellOf(text: string): Cell {
  const [, word, note = ''] = /^(yes|partly|no|fails|not run)(?:: (.*))?$/.exec(text) ?? []
  const verdict = VERDICTS.find((each) => each === word)
  if (verdict === undefined) throw new Error(`no cell of the table: ${text}`)
  return { verdict, note }
}
