import type { Reading } from '../../src/debug/reading.ts'
import type { Operation } from '../../src/metrics/operation.ts'
import type { Distribution, MetricsSnapshot, OperationNumbers } from '../../src/metrics/snapshot.ts'

export const NOTHING: Distribution = { count: 0, sum: 0, buckets: [] }

const NO_NUMBERS: OperationNumbers = {
  requests: 0,
  clientErrors: 0,
  serverErrors: 0,
  bytesIn: 0,
  bytesOut: 0,
  durationMs: NOTHING,
  upstreamMs: NOTHING,
}

/** Of so many values, all in the bucket below `upper`. */
export function distribution(upper: number, count: number): Distribution {
  return { count, sum: upper * count, buckets: [[upper, count]] }
}

/** A snapshot in which nothing has happened but this. */
export function snapshotOf(
  parts: Partial<MetricsSnapshot> = {},
  operations: Partial<Record<Operation, Partial<OperationNumbers>>> = {},
): MetricsSnapshot {
  const numbers = (operation: Operation): OperationNumbers => ({ ...NO_NUMBERS, ...operations[operation] })
  return {
    at: 1_700_000_000_000,
    operations: {
      'manifest-pull': numbers('manifest-pull'),
      'manifest-push': numbers('manifest-push'),
      'layer-pull': numbers('layer-pull'),
      'layer-push': numbers('layer-push'),
      tags: numbers('tags'),
      other: numbers('other'),
    },
    repositories: [],
    totals: {
      upstreamErrors: 0,
      throttles: 0,
      retries: 0,
      tokenRefreshes: 0,
      tokenRefreshFailures: 0,
      shedRequests: 0,
    },
    inFlight: 0,
    tokenAgeSeconds: undefined,
    certificateDaysLeft: undefined,
    eventLoopDelayMs: NOTHING,
    ...parts,
  }
}

/** What was read `atMs` after the start of a process that did nothing but this. */
export function readingOf(atMs: number, parts: Partial<Reading> = {}): Reading {
  return {
    metrics: snapshotOf(),
    process: {
      now: atMs,
      cpuMs: 0,
      rss: 0,
      heapUsed: 0,
      arrayBuffers: 0,
      activeHandles: 0,
      loop: { idle: 0, active: 0, utilization: 0 },
    },
    pool: undefined,
    tokenRefreshInMs: undefined,
    ...parts,
  }
}
