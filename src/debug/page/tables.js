import { OPERATION_NAMES } from './charts.js'
import { html } from './dom.js'
import { bytes, count, milliseconds, percent, seconds } from './format.js'

const NONE = '–'
/** The oldest requests are of interest; there may be thousands. */
const MOST_REQUESTS = 12

/**
 * @param {string} caption
 * @param {string[]} heads the first ones that are texts are named by `texts`
 * @param {string[][]} rows
 * @param {number} texts
 */
function table(caption, heads, rows, texts) {
  const cell = (/** @type {'td' | 'th'} */ tag, /** @type {string} */ text, /** @type {number} */ i) =>
    html(tag, i < texts ? {} : { class: 'number' }, text)
  const empty = html('tr', {}, html('td', { class: 'muted', colspan: String(heads.length) }, 'none'))
  return html(
    'table',
    {},
    html('caption', {}, caption),
    html('thead', {}, html('tr', {}, ...heads.map((head, i) => cell('th', head, i)))),
    html(
      'tbody',
      {},
      ...(rows.length === 0
        ? [empty]
        : rows.map((row) => html('tr', {}, ...row.map((text, i) => cell('td', text, i))))),
    ),
  )
}

/** @param {number | null} value */
function ms(value) {
  return value === null ? NONE : milliseconds(value)
}

/** @param {import('../live.ts').LiveNumbers['minute']} minute */
export function operationsTable(minute) {
  const names = new Map(OPERATION_NAMES)
  return table(
    `By operation, in the last ${minute.seconds} s`,
    ['operation', 'requests', '4xx', '5xx', 'p50', 'p90', 'p99', 'waits for ECR', 'bytes in', 'bytes out'],
    minute.operations.map((one) => [
      names.get(one.operation) ?? one.operation,
      count(one.requests),
      count(one.clientErrors),
      count(one.serverErrors),
      ms(one.p50Ms),
      ms(one.p90Ms),
      ms(one.p99Ms),
      one.upstreamShare === null ? NONE : percent(100 * one.upstreamShare),
      bytes(one.bytesIn),
      bytes(one.bytesOut),
    ]),
    1,
  )
}

/** @param {import('../live.ts').LiveNumbers['repositories']} repositories */
export function repositoriesTable(repositories) {
  return table(
    'Repositories with the most pulls and pushes, since the start',
    ['repository', 'pulls', 'pushes'],
    repositories.map(({ repository, pulls, pushes }) => [repository, count(pulls), count(pushes)]),
    1,
  )
}

/** @param {import('../in-flight.ts').ShownRequest[]} requests */
export function requestsTable(requests) {
  return table(
    `In flight: the oldest of ${requests.length}`,
    ['repository', 'what', 'client', 'age', 'bytes in', 'bytes out'],
    requests
      .slice(0, MOST_REQUESTS)
      .map(({ repository, method, kind, client, ageMs, bytesIn, bytesOut }) => [
        repository ?? NONE,
        `${method} ${kind ?? ''}`,
        client,
        seconds(ageMs / 1000),
        bytes(bytesIn),
        bytes(bytesOut),
      ]),
    3,
  )
}
