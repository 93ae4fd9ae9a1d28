import type { MetricsSnapshot } from '../metrics/snapshot.ts'
import type { PoolNumbers } from '../upstream/senders.ts'
import { type ProcessNumbers, readProcess } from './process-numbers.ts'

/** Where the numbers of a process come from. */
export interface Sources {
  snapshot(): MetricsSnapshot
  /** Undefined in a process that sends nothing upstream. */
  pool(): PoolNumbers | undefined
  /** When the token will be renewed, in milliseconds from now, where this process knows. */
  tokenRefreshInMs(): number | undefined
  /** Why the workers together are not ready; only their primary has any. */
  workersNotReady?(): string | undefined
}

/** All numbers at one moment; counters count from the start of the process. */
export interface Reading {
  metrics: MetricsSnapshot
  process: ProcessNumbers
  pool: PoolNumbers | undefined
  tokenRefreshInMs: number | undefined
}

export function read(sources: Sources): Reading {
  return {
    metrics: sources.snapshot(),
    process: readProcess(),
    pool: sources.pool(),
    tokenRefreshInMs: sources.tokenRefreshInMs(),
  }
}
