import type { Call } from '../client/call.ts'
import { type RegistryRequest, type Subject, subjectOf } from '../registry/request.ts'

/** A request as the edge knows it. */
export interface AskedRequest {
  readonly id: string
  readonly method: string
  readonly registryRequest: RegistryRequest | undefined
  readonly clientAddress: string
  readonly call: Pick<Call, 'record'>
}

/** What may be shown of a request in flight: no query, which may hold anything, and no header. */
export interface ShownRequest extends Subject {
  id: string
  method: string
  ageMs: number
  bytesIn: number
  bytesOut: number
  client: string
}

/** The requests whose answer has not ended. */
export class InFlight {
  readonly #now: () => number
  // In the order in which they came.
  readonly #startedAt = new Map<AskedRequest, number>()

  /** `now` in milliseconds, on a clock that never jumps. */
  constructor(now: () => number) {
    this.#now = now
  }

  started(request: AskedRequest): void {
    this.#startedAt.set(request, this.#now())
  }

  ended(request: AskedRequest): void {
    this.#startedAt.delete(request)
  }

  /** All of them, the oldest first. */
  list(): ShownRequest[] {
    const now = this.#now()
    return [...this.#startedAt].map(([request, startedAt]) => shown(request, Math.round(now - startedAt)))
  }
}

function shown({ id, method, registryRequest: asked, clientAddress, call }: AskedRequest, ageMs: number): ShownRequest {
  return {
    id,
    method,
    ...subjectOf(asked),
    ageMs,
    bytesIn: call.record.bytesIn,
    bytesOut: call.record.bytesOut,
    client: clientAddress,
  }
}
