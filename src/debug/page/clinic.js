import { Chart } from './chart.js'
import { CHARTS } from './charts.js'
import { byId, html } from './dom.js'
import { seconds } from './format.js'
import { operationsTable, repositoriesTable, requestsTable } from './tables.js'

// The live page: asks once a second for what is new, and draws it.

const POLL_MS = 1000
/** As many as the server keeps. */
const MOST_ROWS = 600

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

/** @param {import('../live.ts').LiveNumbers} numbers */
function take(numbers) {
  places = new Map(numbers.columns.map((column, i) => [column, i]))
  rows = [...rows, ...numbers.rows].slice(-MOST_ROWS)
  const series = (/** @type {string} */ column) => rows.map((row) => row[places.get(column) ?? -1] ?? null)
  const samples = { at: series('at').map(Number), series }
  for (const chart of charts) chart.show(samples)
  byId('findings').replaceChildren(
    ...numbers.findings.map(({ level, text, link }) =>
      html(
        'li',
        { class: level },
        html('strong', {}, level === 'good' ? 'All well:' : 'Look:'),
        ' ',
        text,
        ...(link === undefined ? [] : [' ', html('a', { href: link }, 'take a profile')]),
      ),
    ),
  )
  byId('operations').replaceChildren(operationsTable(numbers.minute))
  byId('repositories').replaceChildren(repositoriesTable(numbers.repositories))
}

/** @param {string} path */
async function ask(path) {
  const answer = await fetch(path)
  if (!answer.ok) throw new Error(`${path} was answered ${answer.status}`)
  return answer.json()
}

async function poll() {
  const since = rows.at(-1)?.[places.get('at') ?? -1] ?? 0
  const state = byId('state')
  try {
    take(await ask(`/debug/clinic/numbers?since=${since}`))
    byId('requests').replaceChildren(requestsTable(await ask('/debug/requests')))
    state.textContent = 'live'
  } catch {
    state.textContent = 'the proxy does not answer; what is shown is old'
  }
  setTimeout(() => void poll(), POLL_MS)
}

async function tellProcess() {
  const { process, workerPorts } = await ask('/debug/vars')
  byId('process').textContent =
    `process ${process.pid} · Node ${process.versions.node} · up for ${seconds(process.uptimeSeconds)}`
  if (workerPorts.length > 0) tellWorkers(workerPorts)
}

/** @param {number[]} ports */
function tellWorkers(ports) {
  const links = ports.flatMap((port, i) => [
    ' ',
    html('a', { href: `http://${location.hostname}:${port}/debug/clinic/` }, `worker ${i + 1}`),
  ])
  byId('workers').append(...links)
  byId('workers').hidden = false
  byId('requests').hidden = true
}

await poll()
await tellProcess()
