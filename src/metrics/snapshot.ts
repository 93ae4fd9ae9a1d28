import type { Operation } from './operation.ts'

/** How values are spread: the exact count and sum, and how many lie in each bucket of 5 %. */
export interface Distribution {
  count: number
  sum: number
  /** Ascending, without empty ones; `count` is that of the bucket alone, which ends at `upper`. */
  buckets: readonly (readonly [upper: number, count: number])[]
}

/** The numbers of one operation. */
export interface OperationNumbers {
  requests: number
  clientErrors: number
  serverErrors: number
  bytesIn: number
  bytesOut: number
  durationMs: Distribution
  upstreamMs: Distribution
}

/** The numbers that are not counted by operation. */
export const TOTALS = [
  'upstreamErrors',
  'throttles',
  'retries',
  'tokenRefreshes',
  'tokenRefreshFailures',
  'shedRequests',
] as const

export type Totals = Record<(typeof TOTALS)[number], number>

/** Pulls and pushes of one repository. */
export interface RepositoryNumbers {
  repository: string
  pulls: number
  pushes: number
}

/** All numbers of a time, as plain JSON: since the process started, as page, JSON and Prometheus text show them, or since the last flush. */
export interface MetricsSnapshot {
  /** Time of day, in milliseconds. */
  at: number
  operations: Record<Operation, OperationNumbers>
  repositories: readonly RepositoryNumbers[]
  totals: Totals
  inFlight: number
  tokenAgeSeconds: number | undefined
  /** Whole days; undefined without TLS. */
  certificateDaysLeft: number | undefined
  eventLoopDelayMs: Distribution
}
