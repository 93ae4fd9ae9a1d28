import { Ajv } from 'ajv'
import { byOperation } from '../metrics/operation.ts'
import { type MetricsSnapshot, TOTALS } from '../metrics/snapshot.ts'

// Everything that the primary and its workers say to each other. Undefined does not pass JSON, so what may be missing is null.

/** A token as it travels: each process has a monotonic clock of its own, so an age goes along in place of a time. */
export interface SentToken {
  id: number
  value: string
  lifetimeMs: number
  ageMs: number
}

/** An error without its text, which may hold an ARN. */
export interface SentFailure {
  name: string
  code: string | null
}

/** Certificate chain and key as PEM, and the 48 bytes that seal session tickets, as base64. */
export interface SentTls {
  cert: string
  key: string
  ticketKeys: string
}

export type ToWorker =
  /** The answer to `hello`: what a worker needs before it builds its app. */
  | { type: 'start'; tls: SentTls | null }
  | { type: 'token'; token: SentToken }
  | { type: 'token-failure'; failure: SentFailure }
  /** To `ask`: a token, why there is none, or neither where a doubt was unfounded. */
  | { type: 'answer'; request: number; token: SentToken | null; failure: SentFailure | null }
  /** Why the workers together are not ready, or null. */
  | { type: 'crew'; notReady: string | null }
  | { type: 'tls'; tls: SentTls }
  | { type: 'drain' }

export interface Ask {
  type: 'ask'
  request: number
  what: 'acquire' | 'renew' | 'renew-if-doubtful'
  /** The id of the token that was refused; null with `acquire`. */
  refused: number | null
}

/** The worker listens to its primary from now on. */
export interface Hello {
  type: 'hello'
}

/** What the worker has counted since it last said so. */
export interface SentNumbers {
  type: 'numbers'
  window: MetricsSnapshot
}

/** The worker finishes and ends without having been told to; its debug port is free. */
export interface Leaving {
  type: 'leaving'
}

export type FromWorker = Hello | Ask | Leaving | SentNumbers

type Schema = Record<string, unknown>

const text = { type: 'string' }
const number = { type: 'number' }
const id = { type: 'integer', minimum: 0 }
const token = record({ id, value: text, lifetimeMs: number, ageMs: number })
const failure = record({ name: text, code: orNull(text) })
const tls = record({ cert: text, key: text, ticketKeys: text })

const distribution = record({
  count: number,
  sum: number,
  buckets: { type: 'array', items: { type: 'array', items: [number, number], minItems: 2, maxItems: 2 } },
})
const counts = { requests: number, clientErrors: number, serverErrors: number, bytesIn: number, bytesOut: number }
const operation = record({ ...counts, durationMs: distribution, upstreamMs: distribution })
const sums = {
  operations: record(byOperation(() => operation)),
  repositories: { type: 'array', items: record({ repository: text, pulls: number, pushes: number }) },
  totals: record(Object.fromEntries(TOTALS.map((name) => [name, number]))),
  eventLoopDelayMs: distribution,
}
// Without the ages of token and certificate, which are the primary's to know, and missing where there is none.
const window = record({ ...sums, at: number, inFlight: number })

const ajv = new Ajv()

const isToWorker = ajv.compile<ToWorker>({
  anyOf: [
    message('start', { tls: orNull(tls) }),
    message('token', { token }),
    message('token-failure', { failure }),
    message('answer', { request: id, token: orNull(token), failure: orNull(failure) }),
    message('crew', { notReady: orNull(text) }),
    message('tls', { tls }),
    message('drain', {}),
  ],
})

const isFromWorker = ajv.compile<FromWorker>({
  anyOf: [
    message('hello', {}),
    message('leaving', {}),
    message('numbers', { window }),
    message('ask', { request: id, what: { enum: ['acquire', 'renew', 'renew-if-doubtful'] }, refused: orNull(id) }),
  ],
})

/** A message of the primary; undefined for anything else that comes over the channel. */
export function toWorker(message: unknown): ToWorker | undefined {
  return isToWorker(message) ? message : undefined
}

/** A message of a worker; undefined for anything else that comes over the channel. */
export function fromWorker(message: unknown): FromWorker | undefined {
  return isFromWorker(message) ? message : undefined
}

function message(type: string, properties: Record<string, Schema>): Schema {
  return record({ type: { const: type }, ...properties })
}

function record(properties: Record<string, Schema>): Schema {
  return { type: 'object', required: Object.keys(properties), properties }
}

function orNull(schema: Schema): Schema {
  return { anyOf: [schema, { type: 'null' }] }
}
