import { type Operation, OPERATIONS } from '../metrics/operation.ts'
import type { OperationNumbers } from '../metrics/snapshot.ts'
import { between, quantile } from './distribution.ts'
import type { Reading } from './reading.ts'

const PER_OPERATION = ['requests', 'clientErrors', 'serverErrors', 'p99Ms'] as const
const PER_PROCESS = [
  // Time of day, in milliseconds.
  'at',
  'p50Ms',
  'p90Ms',
  'p99Ms',
  'durationMs',
  'upstreamMs',
  'inFlight',
  'bytesIn',
  'bytesOut',
  'upstreamErrors',
  'throttles',
  'tokenRefreshFailures',
  'shedRequests',
  'tokenAgeSeconds',
  'tokenRefreshInSeconds',
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
  const pairs = OPERATIONS.map((operation) => [was.operations[operation], is.operations[operation]] as const)
  const sum = (of: (numbers: OperationNumbers) => number): number =>
    pairs.reduce((all, [before, after]) => all + of(after) - of(before), 0) / seconds
  const total = (name: keyof typeof is.totals): number => (is.totals[name] - was.totals[name]) / seconds
  const durations = between(pairs.map(([before, after]) => [before.durationMs, after.durationMs]))
  const delays = between([[was.eventLoopDelayMs, is.eventLoopDelayMs]])
  const active = newer.process.loop.active - older.process.loop.active
  const idle = newer.process.loop.idle - older.process.loop.idle
  return new Map<Column, number>([
    ['at', is.at],
    ['p50Ms', quantile(durations, 0.5)],
    ['p90Ms', quantile(durations, 0.9)],
    ['p99Ms', quantile(durations, 0.99)],
    ['durationMs', sum(({ durationMs }) => durationMs.sum)],
    ['upstreamMs', sum(({ upstreamMs }) => upstreamMs.sum)],
    ['inFlight', is.inFlight],
    ['bytesIn', sum(({ bytesIn }) => bytesIn)],
    ['bytesOut', sum(({ bytesOut }) => bytesOut)],
    ['upstreamErrors', total('upstreamErrors')],
    ['throttles', total('throttles')],
    ['tokenRefreshFailures', total('tokenRefreshFailures')],
    ['shedRequests', total('shedRequests')],
    ['tokenAgeSeconds', is.tokenAgeSeconds ?? Number.NaN],
    ['tokenRefreshInSeconds', (newer.tokenRefreshInMs ?? Number.NaN) / 1000],
    ['poolConnected', newer.pool?.connected ?? Number.NaN],
    ['poolRunning', newer.pool?.running ?? Number.NaN],
    ['poolWaiting', newer.pool?.waiting ?? Number.NaN],
    ['cpuPercent', (newer.process.cpuMs - older.process.cpuMs) / seconds / 10],
    ['loopPercent', (100 * active) / (active + idle)],
    ['rss', newer.process.rss],
    ['heapUsed', newer.process.heapUsed],
    ['arrayBuffers', newer.process.arrayBuffers],
    ['loopDelayMs', quantile(delays, 0.5)],
    ['loopDelayMaxMs', quantile(delays, 1)],
    ['activeHandles', newer.process.activeHandles],
    ...OPERATIONS.flatMap((operation) =>
      ofOperation(operation, was.operations[operation], is.operations[operation], seconds),
    ),
  ])
}

function ofOperation(
  operation: Operation,
  was: OperationNumbers,
  is: OperationNumbers,
  seconds: number,
): [Column, number][] {
  return [
    [`requests ${operation}`, (is.requests - was.requests) / seconds],
    [`clientErrors ${operation}`, (is.clientErrors - was.clientErrors) / seconds],
    [`serverErrors ${operation}`, (is.serverErrors - was.serverErrors) / seconds],
    [`p99Ms ${operation}`, quantile(between([[was.durationMs, is.durationMs]]), 0.99)],
  ]
}
