import type { IncomingMessage, ServerResponse } from 'node:http'

/** What the access line tells of a request beside its head; filled in on the way. */
export interface CallRecord {
  bytesIn: number
  bytesOut: number
  /** From the first try's start to the last answer's end, in milliseconds. */
  upstreamMs: number | undefined
  /** How often the request was sent upstream. */
  tries: number
  /** Tries that were answered with 5xx, or not to the end. */
  upstreamErrors: number
  /** Tries that were answered with 429 or 503. */
  throttles: number
  /** Age of the token that was sent last, in milliseconds. */
  tokenAgeMs: number | undefined
  /** What there was too much of when the request was turned away for it. */
  shed: string | undefined
}

/** Who answers for a call. */
export interface CallOwner {
  ownHeaders(): string[]
  /** Told first when the call has ended. */
  ended(): void
}

/** One request of a client, from its head to the end of its answer. */
export class Call {
  readonly incoming: IncomingMessage
  readonly outgoing: ServerResponse
  readonly record: CallRecord = {
    bytesIn: 0,
    bytesOut: 0,
    upstreamMs: undefined,
    tries: 0,
    upstreamErrors: 0,
    throttles: 0,
    tokenAgeMs: undefined,
    shed: undefined,
  }
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
