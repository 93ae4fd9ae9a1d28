import type { Finding, Status } from './finding.ts'

const NAME_WIDTH = 13
const INDENT = ' '.repeat(6 + NAME_WIDTH + 2)

/** The worst status of all. */
export function verdictOf(findings: readonly Finding[]): Status {
  const found = new Set(findings.map(({ status }) => status))
  if (found.has('fail')) return 'fail'
  return found.has('warn') ? 'warn' : 'ok'
}

/** The findings as lines for a terminal: what was found, and below it what to do. */
export function reportText(findings: readonly Finding[]): string {
  const lines = findings.flatMap(({ name, status, text, cure }) => [
    `${status.padEnd(6)}${name.padEnd(NAME_WIDTH)}  ${indented(text)}`,
    ...(cure === undefined ? [] : [`${INDENT}-> ${cure}`]),
  ])
  const count = (wanted: Status): number => findings.filter(({ status }) => status === wanted).length
  return `${[...lines, '', `${count('ok')} ok, ${count('warn')} warn, ${count('fail')} fail`].join('\n')}\n`
}

/** The findings as one JSON document. */
export function reportJson(findings: readonly Finding[]): string {
  return `${JSON.stringify({ status: verdictOf(findings), checks: findings }, null, 2)}\n`
}

function indented(text: string): string {
  return text.replaceAll('\n', `\n${INDENT}`)
}
