import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Stopwatch } from '../stopwatch.ts'

/** What the access line says of a request beside its head; filled in on the way. */
export class CallRecord {
  bytesIn = 0
  bytesOut = 0
  /** Runs while the upstream is waited for; undefined where it was not asked. */
  upstream: Stopwatch | undefined
  /** How often the request was sent upstream. */
  tries = 0
  /** Tries that were answered with 5xx, or not to the end. */
  upstreamErrors = 0
  /** Tries that were answered with 429 or 503. */
  throttles = 0
  /** Age of the token that was sent last, in milliseconds. */
  tokenAgeMs: number | undefined
  /** What there was too much of when the request was turned away for it. */
  shed: string | undefined

  /** From the first try's start to the last answer's end, or to when the client left; in milliseconds. */
  get upstreamMs(): number | undefined {
    return this.upstream?.ms
  }
}

/** Who answers for a call. */
export interface CallOwner {
  ownHeaders(): string[]
  /** Called first when the call has ended. */
  ended(): void
}

/** One request of a client, from its head to the end of its answer. */
export class Call {
  readonly incoming: IncomingMessage
  readonly outgoing: ServerResponse
  readonly record = new CallRecord()
  readonly #owner: CallOwner
  #whenEnded: (() => void)[] | undefined = []

  constructor(incoming: IncomingMessage, outgoing: ServerResponse, owner: CallOwner) {
    this.incoming = incoming
    this.outgoing = outgoing
    this.#owner = owner
    outgoing.once('close', () => {
      const callbacks = this.#whenEnded ?? []
      this.#whenEnded = undefined
      owner.ended()
      for (const callback of callbacks) callback()
    })
  }

  /** Headers that every answer of this proxy carries, as they are when the answer starts. */
  ownHeaders(): string[] {
    return this.#owner.ownHeaders()
  }

  /** Calls back when the answer has ended, or has broken off because the client left; at once when that has happened. */
  onEnd(callback: () => void): void {
    if (this.#whenEnded === undefined) callback()
    else this.#whenEnded.push(callback)
  }
}
