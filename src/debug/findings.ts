import { type Operation, OPERATIONS } from '../metrics/operation.ts'
import { expiryWarning } from '../tls/expiry.ts'
import { heldAtEnds, heldFor, lastAt, lately, type Past, secondsOf, total } from './past.ts'
import { grown, inWords, last, share, sum } from './series.ts'
import type { Column } from './row.ts'
import type { Spell } from './spell.ts'

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
/** A p99 that is so many times what it was before, and at least so long in milliseconds, is slow; of fewer requests it says nothing. */
const SLOWER = 4
const SLOW_MS = 500
const SLOW_LEAST = 20
/** Growth over the time shown that is no warm-up, as a ratio and as the least of it. */
const GROWTH = 1.5
const HEAP_GROWTH_BYTES = 32 * 1024 * 1024
const HANDLES_GROWTH = 100

const MINUTE = 60
/** A row ends up to a second after what it describes, and an age is a whole number. */
const RENEWED_WITHIN_SECONDS = 1.5

/** Whose past it is: one process that serves, or several with a primary, whose own process serves nobody. */
export type Whose = 'process' | 'crew'

/** The operations in the last minute, and in each minute before it that is known. */
export interface Operations {
  minute: Spell
  earlier: readonly Spell[]
}

/** What stands out now and in the past, the gravest first; one line that says so when nothing does. */
export function findingsOf(past: Past, operations: Operations, whose: Whose, workersNotReady?: string): Finding[] {
  if (past.series('at').length === 0) return []
  const ofProcess = whose === 'process' ? [busy(past), queueing(past), handles(past)] : []
  const found = [
    workers(workersNotReady),
    failing(past),
    shedding(past),
    token(past),
    certificate(past),
    loopDelay(past, whose),
    ...ofProcess,
    throttled(past),
    upstream(past),
    slow(operations),
    heap(past),
  ].filter((finding) => finding !== undefined)
  return found.length > 0 ? found : [{ level: 'good', text: wellOf(past, whose) }]
}

function wellOf(past: Past, whose: Whose): string {
  const time = inWords(secondsOf(past))
  if (whose === 'process') return `nothing stands out in the last ${time}`
  return `nothing stands out in the requests of all workers in the last ${time}; CPU and connections of each are on its own page`
}

function workers(notReady: string | undefined): Finding | undefined {
  return notReady === undefined ? undefined : warning(`/readyz is 503, because ${notReady}: the log has the reason`)
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
  if (failures === 0 || renewedSince(past)) return undefined
  return warning(
    `the token could not be renewed ${failures === 1 ? 'once' : `${failures} times`}: the one at hand serves until it expires; the log has the reason`,
  )
}

/** Whether the token at hand is younger than the last failure to get one, or came within the same second. */
function renewedSince(past: Past): boolean {
  const failedAt = lastAt(past, 'tokenRefreshFailures', (failures) => failures > 0)
  const seconds = (last(past.series('at')) - failedAt) / 1000
  return last(past.series('tokenAgeSeconds')) < seconds + RENEWED_WITHIN_SECONDS
}

function certificate(past: Past): Finding | undefined {
  const expiry = expiryWarning(last(past.series('certificateDaysLeft')))
  return expiry === undefined ? undefined : warning(`${expiry}: a renewed pair in its files is served within seconds`)
}

function loopDelay(past: Past, whose: Whose): Finding | undefined {
  const seconds = heldFor(past, 'loopDelayMaxMs', (ms) => ms > LOOP_DELAY_MS)
  if (seconds < LASTING_SECONDS) return undefined
  const what = `event loop delay over ${LOOP_DELAY_MS} ms for ${inWords(seconds)}`
  if (whose === 'crew') return warning(`${what} in one of the workers, or several: the pages of each tell in which`)
  return warning(`${what}: something keeps the thread from all else; a CPU profile says what`, '/debug/clinic/flame')
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

/** The operation that has become slower by most. A push of a layer takes as long as its size and the client's network want. */
function slow({ minute, earlier }: Operations): Finding | undefined {
  const [worst] = minute.operations
    .filter(({ operation, requests }) => operation !== 'layer-push' && requests >= SLOW_LEAST)
    .map((is) => ({ is, now: Number(is.p99Ms), usual: usualP99(earlier, is.operation) }))
    .filter(({ now, usual }) => now > SLOW_MS && now > SLOWER * usual)
    .toSorted((a, b) => b.now / b.usual - a.now / a.usual)
  if (worst === undefined) return undefined
  const { is, now, usual } = worst
  const waiting = is.upstreamShare === null ? '' : `; ${share(is.upstreamShare)} of all its time is waiting for ECR`
  return warning(
    `the slowest hundredth of ${is.operation} takes over ${inWords(now / 1000)} in the last minute, and took ${inWords(usual / 1000)} before${waiting}`,
  )
}

/** Of the minutes in which enough came: that in the middle, which stays what it was for as long as most of them were well. */
function usualP99(minutes: readonly Spell[], operation: Operation): number {
  return middle(
    minutes
      .flatMap(({ operations }) => operations.filter((each) => each.operation === operation))
      .filter(({ requests }) => requests >= SLOW_LEAST)
      .map(({ p99Ms }) => Number(p99Ms)),
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

/** NaN, with which nothing compares, where there is none. */
function middle(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

function mib(bytes: number): string {
  return `${Math.round(bytes / 1024 / 1024)} MiB`
}
