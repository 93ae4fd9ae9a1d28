import { type Operation, OPERATIONS } from '../metrics/operation.ts'
import { expiryWarning } from '../tls/expiry.ts'
import { heldAtEnds, heldFor, lately, type Past, rowsOf, secondsOf, total } from './past.ts'
import { grown, inWords, last, share, sum } from './series.ts'
import type { Column } from './row.ts'

/** Something that stands out, in words, and where to look next. */
export interface Finding {
  level: 'good' | 'warning'
  text: string
  link?: string
}

/** How long something has to hold before it is worth a word, in seconds: a collection or a burst is over sooner. */
const LASTING_SECONDS = 10
/** Delay of the event loop that every client feels, in milliseconds; Clinic Doctor's own bound is of this order. */
const LOOP_DELAY_MS = 100
/** Share of a core from which one process has no reserve. */
const BUSY_PERCENT = 90
/** Share of failed requests that is no accident any more, and the fewest of them. */
const FAILED_SHARE = 0.01
const FAILED_LEAST = 5
/** A p99 that is so many times what it was before, and at least so long in milliseconds, is slow. */
const SLOWER = 4
const SLOW_MS = 500
/** Growth over the time shown that is no warm-up, as a ratio and as the least of it. */
const GROWTH = 1.5
const HEAP_GROWTH_BYTES = 32 * 1024 * 1024
const HANDLES_GROWTH = 100

const MINUTE = 60

/** What stands out in the past, the gravest first; one line that says so when nothing does. */
export function findingsOf(past: Past): Finding[] {
  if (past.series('at').length === 0) return []
  const found = [
    failing(past),
    shedding(past),
    token(past),
    certificate(past),
    loopDelay(past),
    busy(past),
    queueing(past),
    throttled(past),
    upstream(past),
    slow(past),
    heap(past),
    handles(past),
  ].filter((finding) => finding !== undefined)
  if (found.length > 0) return found
  return [{ level: 'good', text: `nothing stands out in the last ${inWords(secondsOf(past))}` }]
}

function failing(past: Past): Finding | undefined {
  const failed = OPERATIONS.map((operation) => [operation, lastMinute(past, `serverErrors ${operation}`)] as const)
  const all = sum(OPERATIONS.map((operation) => lastMinute(past, `requests ${operation}`)))
  const failures = sum(failed.map(([, count]) => count))
  if (failures < FAILED_LEAST || failures < FAILED_SHARE * all) return undefined
  const [most]: readonly (readonly [Operation, number])[] = failed.toSorted(([, a], [, b]) => b - a)
  return warning(
    `${share(failures / all)} of the requests of the last minute failed with 5xx (${Math.round(failures)} of ${Math.round(all)}), most of them ${most?.[0]}: the log has a line for each`,
  )
}

function shedding(past: Past): Finding | undefined {
  const shed = Math.round(lastMinute(past, 'shedRequests'))
  if (shed === 0) return undefined
  return warning(`${shed} requests were shed in the last minute: there is more load than this process takes`)
}

function token(past: Past): Finding | undefined {
  const failures = Math.round(total(past, 'tokenRefreshFailures'))
  const has = !Number.isNaN(last(past.series('tokenAgeSeconds')))
  if (!has) return warning('there is no ECR token: requests are answered 503 until one comes; the log has the reason')
  if (failures === 0) return undefined
  return warning(
    `the token could not be renewed ${failures === 1 ? 'once' : `${failures} times`}: the one at hand serves until it expires; the log has the reason`,
  )
}

function certificate(past: Past): Finding | undefined {
  const expiry = expiryWarning(last(past.series('certificateDaysLeft')))
  return expiry === undefined ? undefined : warning(`${expiry}: a renewed pair in its files is served within seconds`)
}

function loopDelay(past: Past): Finding | undefined {
  const seconds = heldFor(past, 'loopDelayMaxMs', (ms) => ms > LOOP_DELAY_MS)
  if (seconds < LASTING_SECONDS) return undefined
  return warning(
    `event loop delay over ${LOOP_DELAY_MS} ms for ${inWords(seconds)}: something keeps the thread from all else; a CPU profile says what`,
    '/debug/clinic/flame',
  )
}

function busy(past: Past): Finding | undefined {
  const seconds = heldFor(past, 'cpuPercent', (percent) => percent > BUSY_PERCENT)
  if (seconds < LASTING_SECONDS) return undefined
  return warning(
    `CPU over ${BUSY_PERCENT} % of a core for ${inWords(seconds)}: this process is at its limit; more of WORKERS, or more machines, share the load`,
    '/debug/clinic/flame',
  )
}

function queueing(past: Past): Finding | undefined {
  const seconds = heldAtEnds(past, 'poolWaiting', (waiting) => waiting > 0)
  if (seconds < LASTING_SECONDS) return undefined
  const waiting = last(past.series('poolWaiting'))
  return warning(
    `requests have waited for a connection to ECR for ${inWords(seconds)}, ${waiting} of them now: all connections are taken`,
  )
}

function throttled(past: Past): Finding | undefined {
  const throttles = Math.round(lastMinute(past, 'throttles'))
  if (throttles === 0) return undefined
  return warning(`ECR throttled ${throttles} requests in the last minute: its quotas for this account can be raised`)
}

function upstream(past: Past): Finding | undefined {
  const errors = Math.round(lastMinute(past, 'upstreamErrors'))
  if (errors < FAILED_LEAST) return undefined
  return warning(`ECR answered ${errors} requests of the last minute with an error, or not at all`)
}

function slow(past: Past): Finding | undefined {
  const p99 = past.series('p99Ms')
  const recent = rowsOf(past, MINUTE)
  const now = middle(p99.slice(-recent))
  const before = middle(p99.slice(0, -recent))
  if (!(now > SLOW_MS && now > SLOWER * before)) return undefined
  const ofUpstream = lastMinute(past, 'upstreamMs') / lastMinute(past, 'durationMs')
  return warning(
    `the slowest hundredth takes over ${inWords(now / 1000)} in the last minute, and took ${inWords(before / 1000)} before; ${share(ofUpstream)} of all time is waiting for ECR`,
  )
}

function heap(past: Past): Finding | undefined {
  const growth = grown(past.series('heapUsed'), MINUTE)
  if (growth === undefined || growth.to < growth.from * GROWTH || growth.to - growth.from < HEAP_GROWTH_BYTES) {
    return undefined
  }
  return warning(
    `what V8's heap holds after collections grew from ${mib(growth.from)} to ${mib(growth.to)} in ${inWords(secondsOf(past))}: a heap profile says who allocated what stays`,
    '/debug/clinic/flame',
  )
}

function handles(past: Past): Finding | undefined {
  const growth = grown(past.series('activeHandles'), MINUTE)
  const requests = grown(past.series('inFlight'), MINUTE)
  if (growth === undefined || requests === undefined) return undefined
  // Two sockets and what watches them belong to each request.
  const unexplained = growth.to - growth.from - 3 * (requests.to - requests.from)
  if (growth.to < growth.from * GROWTH || unexplained < HANDLES_GROWTH) return undefined
  return warning(
    `active handles grew from ${growth.from} to ${growth.to} in ${inWords(secondsOf(past))}, more than the requests in flight: connections may be left open`,
  )
}

function warning(text: string, link?: string): Finding {
  return { level: 'warning', text, ...(link === undefined ? {} : { link }) }
}

function lastMinute(past: Past, column: Column): number {
  return lately(past, column, MINUTE)
}

function middle(values: readonly number[]): number {
  const known = values.filter((value) => !Number.isNaN(value)).toSorted((a, b) => a - b)
  return known[Math.floor(known.length / 2)] ?? Number.NaN
}

function mib(bytes: number): string {
  return `${Math.round(bytes / 1024 / 1024)} MiB`
}
