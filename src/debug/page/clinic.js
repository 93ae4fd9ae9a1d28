import { Chart } from './chart.js'
import { CHARTS } from './charts.js'
import { byId, html, renew } from './dom.js'
import { seconds } from './format.js'
import { operationsTable, repositoriesTable, requestsTable } from './tables.js'

// The live page: asks once a second for what is new, and draws it.

const POLL_MS = 1000
/** An answer that takes longer is none: a process that stands still must not look alive. */
const ANSWER_MS = 5000
/** As far back as the server looks. */
const SPAN_MS = 600_000

/** @typedef {import('../live.ts').LiveNumbers} LiveNumbers */

/** @type {LiveNumbers['process'] | undefined} who has said what is shown */
let shown
/** @type {(number | null)[][]} */
let rows = []
/** @type {Map<string, number>} */
let places = new Map()

const charts = Object.entries(CHARTS).flatMap(([section, options]) => {
  const made = options.map((each) => new Chart(each, (cursor) => pointAll(cursor)))
  byId(`charts-${section}`).append(...made.map(({ element }) => element))
  return made
})

/** @param {number | undefined} cursor */
function pointAll(cursor) {
  for (const chart of charts) chart.point(cursor)
}

/** @param {LiveNumbers} numbers */
function take(numbers) {
  places = new Map(numbers.columns.map((column, i) => [column, i]))
  const all = [...rows, ...numbers.rows]
  rows = all.filter((row) => time(row) > time(all.at(-1)) - SPAN_MS)
  const series = (/** @type {string} */ column) => rows.map((row) => row[places.get(column) ?? -1] ?? null)
  for (const chart of charts) chart.show({ at: rows.map(time), series })
  renew(byId('findings'), numbers.findings.map(listed))
  renew(byId('operations'), [operationsTable(numbers.minute)])
  renew(byId('repositories'), [repositoriesTable(numbers.repositories)])
}

/**
 * When a row ended.
 *
 * @param {(number | null)[] | undefined} row
 */
function time(row) {
  return row?.[places.get('at') ?? -1] ?? 0
}

/** @param {LiveNumbers['findings'][number]} finding */
function listed({ level, text, link }) {
  const what = html('strong', {}, level === 'good' ? 'All well:' : 'Look:')
  const links = link === undefined ? [] : [' ', html('a', { href: link }, 'take a profile')]
  return html('li', { class: level }, what, ' ', html('span', {}, text), ...links)
}

/** @param {string} path */
async function ask(path) {
  const answer = await fetch(path, { signal: AbortSignal.timeout(ANSWER_MS) })
  if (!answer.ok) throw new Error(`${path} was answered ${answer.status}`)
  return answer.json()
}

/** What is new; all of it, where another process answers than before: after a restart, or at the other end of a tunnel. */
async function news() {
  const since = time(rows.at(-1))
  /** @type {LiveNumbers} */
  const numbers = await ask(`/debug/clinic/numbers?since=${since}`)
  const { pid, startedAt } = numbers.process
  if (pid === shown?.pid && startedAt === shown.startedAt) return numbers
  await tellProcess()
  rows = []
  shown = numbers.process
  return since === 0 ? numbers : ask('/debug/clinic/numbers?since=0')
}

async function poll() {
  const state = byId('state')
  try {
    const numbers = await news()
    take(numbers)
    byId('uptime').textContent = ` · up for ${seconds(numbers.process.uptimeSeconds)}`
    renew(byId('requests'), [requestsTable(await ask('/debug/requests'))])
    state.textContent = 'live'
  } catch {
    state.textContent = 'the proxy does not answer; what is shown is old'
  }
  setTimeout(() => void poll(), POLL_MS)
}

async function tellProcess() {
  const { process, workerPorts } = await ask('/debug/vars')
  byId('process').textContent = `process ${process.pid} · Node ${process.versions.node}`
  tellWorkers(workerPorts)
}

/** @param {number[]} ports */
function tellWorkers(ports) {
  const links = ports.flatMap((port, i) => [
    ' ',
    html('a', { href: `http://${location.hostname}:${port}/debug/clinic/` }, `worker ${i + 1}`),
  ])
  byId('worker-pages').replaceChildren(...links)
  byId('workers').hidden = ports.length === 0
  byId('requests').hidden = ports.length > 0
}

await poll()
