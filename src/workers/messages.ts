import { type Static, Type } from 'typebox'
import { Check } from 'typebox/value'

// Everything that the primary and its workers say to each other. Undefined does not pass JSON, so what may be missing is null.

const Id = Type.Integer({ minimum: 0 })

/** A token as it travels: each process has a monotonic clock of its own, so an age goes along in place of a time. */
const SentToken = Type.Object({ id: Id, value: Type.String(), lifetimeMs: Type.Number(), ageMs: Type.Number() })

/** An error without its text, which may hold an ARN. */
const SentFailure = Type.Object({ name: Type.String(), code: Type.Union([Type.String(), Type.Null()]) })

/** Certificate chain and key as PEM, and the 48 bytes that seal session tickets, as base64. */
const SentTls = Type.Object({ cert: Type.String(), key: Type.String(), ticketKeys: Type.String() })

const ToWorker = Type.Union([
  /** The answer to `hello`: what a worker needs before it builds its app. */
  Type.Object({ type: Type.Literal('start'), tls: Type.Union([SentTls, Type.Null()]) }),
  Type.Object({ type: Type.Literal('token'), token: SentToken }),
  Type.Object({ type: Type.Literal('token-failure'), failure: SentFailure }),
  /** To `ask`: a token, why there is none, or neither where a doubt was unfounded. */
  Type.Object({
    type: Type.Literal('answer'),
    request: Id,
    token: Type.Union([SentToken, Type.Null()]),
    failure: Type.Union([SentFailure, Type.Null()]),
  }),
  /** Why the workers together are not ready, or null. */
  Type.Object({ type: Type.Literal('crew'), notReady: Type.Union([Type.String(), Type.Null()]) }),
  Type.Object({ type: Type.Literal('tls'), tls: SentTls }),
  Type.Object({ type: Type.Literal('drain') }),
])

const Ask = Type.Object({
  type: Type.Literal('ask'),
  request: Id,
  what: Type.Union([Type.Literal('acquire'), Type.Literal('renew'), Type.Literal('renew-if-doubtful')]),
  /** The id of the token that was refused; null with `acquire`. */
  refused: Type.Union([Id, Type.Null()]),
})

const FromWorker = Type.Union([
  /** The worker listens to its primary from now on. */
  Type.Object({ type: Type.Literal('hello') }),
  Ask,
])

export type ToWorker = Static<typeof ToWorker>
export type FromWorker = Static<typeof FromWorker>
export type Ask = Static<typeof Ask>
export type SentToken = Static<typeof SentToken>
export type SentFailure = Static<typeof SentFailure>
export type SentTls = Static<typeof SentTls>

/** A message of the primary; undefined for anything else that comes over the channel. */
export function toWorker(message: unknown): ToWorker | undefined {
  return Check(ToWorker, message) ? message : undefined
}

/** A message of a worker; undefined for anything else that comes over the channel. */
export function fromWorker(message: unknown): FromWorker | undefined {
  return Check(FromWorker, message) ? message : undefined
}
