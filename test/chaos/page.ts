import { classOf, type Seen } from './outcome.ts'
import type { Result, Results } from './record.ts'
import { PLACES } from './scenario.ts'
import { SCENARIOS } from './scenarios.ts'

/** What a whole run came to, and the page that shows it; this file runs as dist/test/chaos/page.js. */
export const RESULTS = new URL('../../../test/chaos/results.json', import.meta.url)
export const RELIABILITY_PAGE = new URL('../../../docs/reliability.md', import.meta.url)

const BEGIN = '<!-- begin: chaos -->'
const END = '<!-- end -->'

/** The page with its table made anew. Throws where it has no place for one. */
export function reliabilityPage(page: string, results: Results): string {
  const [from, to] = [page.indexOf(BEGIN), page.indexOf(END)]
  if (from === -1 || to < from) throw new Error(`no ${BEGIN} before an ${END}`)
  return `${page.slice(0, from + BEGIN.length)}\n${tables(results).join('\n')}\n${page.slice(to)}`
}

function tables(results: Results): string[] {
  const lines: string[] = []
  for (const place of PLACES) {
    lines.push('', `### ${place[0]?.toUpperCase()}${place.slice(1)}`, '')
    lines.push('| fault | pulls saw | pushes saw | normal again after | acknowledged and lost | `ONLY=` |')
    lines.push('|---|---|---|---|---|---|')
    for (const { name, fault } of SCENARIOS.filter((scenario) => scenario.place === place)) {
      const result = results[name]
      if (result !== undefined) lines.push(row(name, fault, result))
    }
  }
  return [...lines, '']
}

function row(name: string, fault: string, { pulls, pushes, normalMs, acknowledged, lost, note }: Result): string {
  const told = note === undefined ? fault : `${fault} (${note})`
  return `| ${told} | ${shown(pulls)} | ${shown(pushes)} | ${seconds(normalMs)} | ${lost} of ${acknowledged} | \`${name}\` |`
}

/** What was not right, and how often; how often all was right says more of the machine than of the proxy. */
function shown(seen: Seen): string {
  const failures = Object.entries(seen).filter(([outcome]) => classOf(outcome) !== 'right')
  if (failures.length === 0) return 'nothing wrong'
  return failures
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([outcome, times]) => `${outcome} (${times})`)
    .join(', ')
}

function seconds(ms: number): string {
  return ms < 100 ? 'under 0.1 s' : `${(ms / 1000).toFixed(1)} s`
}
