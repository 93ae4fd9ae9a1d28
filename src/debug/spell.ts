import { type Operation, OPERATIONS } from '../metrics/operation.ts'
import type { MetricsSnapshot, OperationNumbers } from '../metrics/snapshot.ts'
import { between, quantile } from './distribution.ts'

/** Where a span of time begins or ends: the counters of that moment, and when it was by a clock that never jumps, in milliseconds. */
export interface Mark {
  now: number
  operations: MetricsSnapshot['operations']
}

/** One operation in a span of time; null where nothing came. */
export interface OperationSpell {
  operation: Operation
  requests: number
  clientErrors: number
  serverErrors: number
  bytesIn: number
  bytesOut: number
  p50Ms: number | null
  p90Ms: number | null
  p99Ms: number | null
  /** How much of the time was waiting for ECR, 0 to 1; null for pushes of layers, too, which wait for their client meanwhile. */
  upstreamShare: number | null
}

/** A span of time, by operation. */
export interface Spell {
  seconds: number
  operations: OperationSpell[]
}

export function spellBetween(older: Mark, newer: Mark): Spell {
  return {
    seconds: Math.round((newer.now - older.now) / 1000),
    operations: OPERATIONS.map((each) => difference(each, older.operations[each], newer.operations[each])),
  }
}

function difference(operation: Operation, was: OperationNumbers, is: OperationNumbers): OperationSpell {
  const durations = between([[was.durationMs, is.durationMs]])
  const waiting = (is.upstreamMs.sum - was.upstreamMs.sum) / (is.durationMs.sum - was.durationMs.sum)
  return {
    operation,
    requests: is.requests - was.requests,
    clientErrors: is.clientErrors - was.clientErrors,
    serverErrors: is.serverErrors - was.serverErrors,
    bytesIn: is.bytesIn - was.bytesIn,
    bytesOut: is.bytesOut - was.bytesOut,
    p50Ms: known(quantile(durations, 0.5)),
    p90Ms: known(quantile(durations, 0.9)),
    p99Ms: known(quantile(durations, 0.99)),
    upstreamShare: operation === 'layer-push' ? null : known(waiting),
  }
}

function known(value: number): number | null {
  return Number.isFinite(value) ? value : null
}
