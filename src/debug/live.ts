import { SAMPLE_MS } from '../limits.ts'
import { type Operation, OPERATIONS } from '../metrics/operation.ts'
import type { MetricsSnapshot } from '../metrics/snapshot.ts'
import { between, quantile } from './distribution.ts'
import { type Finding, findingsOf } from './findings.ts'
import { History } from './history.ts'
import { type Reading, read, type Sources } from './reading.ts'
import { type Column, COLUMNS, rowBetween } from './row.ts'

/** One operation in the last minute, for a table; null where nothing came. */
export interface OperationMinute {
  operation: Operation
  requests: number
  clientErrors: number
  serverErrors: number
  bytesIn: number
  bytesOut: number
  p50Ms: number | null
  p90Ms: number | null
  p99Ms: number | null
}

/** What the live page polls. */
export interface LiveNumbers {
  columns: readonly Column[]
  rows: (number | null)[][]
  findings: Finding[]
  minute: { seconds: number; operations: OperationMinute[] }
  repositories: MetricsSnapshot['repositories']
}

/** Snapshots kept for the table, and after how many samples one more is: a minute in all. */
const KEPT = 6
const KEPT_EVERY = 10
/** Rows of the table of repositories. */
const REPOSITORIES = 15

/** Reads the numbers once a second, and keeps what the live page looks back on. */
export class Live {
  readonly #sources: Sources
  readonly #history = new History()
  readonly #kept: Pick<Reading, 'metrics' | 'process'>[] = []
  #latest: Reading
  #samples = 0
  #timer: NodeJS.Timeout | undefined

  constructor(sources: Sources) {
    this.#sources = sources
    this.#latest = read(sources)
    this.#keep()
  }

  start(): void {
    this.#timer = setInterval(() => this.sample(), SAMPLE_MS).unref()
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  sample(): void {
    const newer = read(this.#sources)
    this.#history.add(rowBetween(this.#latest, newer))
    this.#latest = newer
    this.#samples += 1
    if (this.#samples % KEPT_EVERY === 0) this.#keep()
  }

  /** The rows after `since` (a row's `at`), and what is said about all of them. */
  numbers(since: number): LiveNumbers {
    const { repositories } = this.#latest.metrics
    return {
      columns: COLUMNS,
      rows: this.#history.since(since),
      findings: findingsOf(this.#history),
      minute: this.#minute(),
      repositories: repositories.toSorted((a, b) => b.pulls + b.pushes - a.pulls - a.pushes).slice(0, REPOSITORIES),
    }
  }

  #keep(): void {
    this.#kept.push(this.#latest)
    if (this.#kept.length > KEPT) this.#kept.shift()
  }

  #minute(): LiveNumbers['minute'] {
    const is = this.#latest
    const was = this.#kept[0] ?? is
    return {
      seconds: Math.round((is.process.now - was.process.now) / 1000),
      operations: OPERATIONS.map((operation) => minuteOf(operation, was.metrics, is.metrics)),
    }
  }
}

function minuteOf(operation: Operation, older: MetricsSnapshot, newer: MetricsSnapshot): OperationMinute {
  const was = older.operations[operation]
  const is = newer.operations[operation]
  const durations = between([[was.durationMs, is.durationMs]])
  const ms = (share: number): number | null => {
    const value = quantile(durations, share)
    return Number.isNaN(value) ? null : value
  }
  return {
    operation,
    requests: is.requests - was.requests,
    clientErrors: is.clientErrors - was.clientErrors,
    serverErrors: is.serverErrors - was.serverErrors,
    bytesIn: is.bytesIn - was.bytesIn,
    bytesOut: is.bytesOut - was.bytesOut,
    p50Ms: ms(0.5),
    p90Ms: ms(0.9),
    p99Ms: ms(0.99),
  }
}
