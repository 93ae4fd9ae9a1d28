import { type Operation, OPERATIONS } from '../metrics/operation.ts'
import type { OperationNumbers } from '../metrics/snapshot.ts'
import { between, quantile } from './distribution.ts'
import type { Reading } from './reading.ts'

const PER_OPERATION = ['requests', 'clientErrors', 'serverErrors', 'p99Ms'] as const
const PER_PROCESS = [
  // Milliseconds since the epoch, by a clock that never jumps.
  'at',
  'p50Ms',
  'p90Ms',
  'p99Ms',
  'inFlight',
  'bytesIn',
  'bytesOut',
  'upstreamErrors',
  'throttles',
  'tokenRefreshFailures',
  'shedRequests',
  'tokenAgeSeconds',
  'tokenRefreshInSeconds',
  'certificateDaysLeft',
  'poolConnected',
  'poolRunning',
  'poolWaiting',
  'cpuPercent',
  'loopPercent',
  'rss',
  'heapUsed',
  'arrayBuffers',
  'loopDelayMs',
  'loopDelayMaxMs',
  'activeHandles',
] as const

export type Column = (typeof PER_PROCESS)[number] | `${(typeof PER_OPERATION)[number]} ${Operation}`

/** What a row has, in this order. */
export const COLUMNS: readonly Column[] = [
  ...PER_PROCESS,
  ...PER_OPERATION.flatMap((number) => OPERATIONS.map((operation) => `${number} ${operation}` as const)),
]

/** The numbers of one second: counters as what came in it, per second; the rest as it was at its end. NaN where there is none. */
export type Row = ReadonlyMap<Column, number>

export function rowBetween(older: Reading, newer: Reading): Row {
  const seconds = (newer.process.now - older.process.now) / 1000
  const was = older.metrics
  const is = newer.metrics
  const sum = (of: (numbers: OperationNumbers) => number): number =>
    OPERATIONS.reduce((all, each) => all + of(is.operations[each]) - of(was.operations[each]), 0) / seconds
  const total = (name: keyof typeof is.totals): number => (is.totals[name] - was.totals[name]) / seconds
  const durations = between(OPERATIONS.map((each) => [was.operations[each].durationMs, is.operations[each].durationMs]))
  const delays = between([[was.eventLoopDelayMs, is.eventLoopDelayMs]])
  const active = newer.process.loop.active - older.process.loop.active
  const idle = newer.process.loop.idle - older.process.loop.idle
  const row = new Map<Column, number>()
    .set('at', Math.round(performance.timeOrigin + newer.process.now))
    .set('p50Ms', quantile(durations, 0.5))
    .set('p90Ms', quantile(durations, 0.9))
    .set('p99Ms', quantile(durations, 0.99))
    .set('inFlight', is.inFlight)
    .set(
      'bytesIn',
      sum(({ bytesIn }) => bytesIn),
    )
    .set(
      'bytesOut',
      sum(({ bytesOut }) => bytesOut),
    )
    .set('upstreamErrors', total('upstreamErrors'))
    .set('throttles', total('throttles'))
    .set('tokenRefreshFailures', total('tokenRefreshFailures'))
    .set('shedRequests', total('shedRequests'))
    .set('tokenAgeSeconds', is.tokenAgeSeconds ?? Number.NaN)
    .set('tokenRefreshInSeconds', (newer.tokenRefreshInMs ?? Number.NaN) / 1000)
    .set('certificateDaysLeft', is.certificateDaysLeft ?? Number.NaN)
    .set('poolConnected', newer.pool?.connected ?? Number.NaN)
    .set('poolRunning', newer.pool?.running ?? Number.NaN)
    .set('poolWaiting', newer.pool?.waiting ?? Number.NaN)
    .set('cpuPercent', (newer.process.cpuMs - older.process.cpuMs) / seconds / 10)
    .set('loopPercent', (100 * active) / (active + idle))
    .set('rss', newer.process.rss)
    .set('heapUsed', newer.process.heapUsed)
    .set('arrayBuffers', newer.process.arrayBuffers)
    .set('loopDelayMs', quantile(delays, 0.5))
    .set('loopDelayMaxMs', quantile(delays, 1))
    .set('activeHandles', newer.process.activeHandles)
  for (const operation of OPERATIONS) {
    const before = was.operations[operation]
    const after = is.operations[operation]
    row
      .set(`requests ${operation}`, (after.requests - before.requests) / seconds)
      .set(`clientErrors ${operation}`, (after.clientErrors - before.clientErrors) / seconds)
      .set(`serverErrors ${operation}`, (after.serverErrors - before.serverErrors) / seconds)
      .set(`p99Ms ${operation}`, quantile(between([[before.durationMs, after.durationMs]]), 0.99))
  }
  return row
}
