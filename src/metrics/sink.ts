import type { MetricsSnapshot } from './snapshot.ts'

/** Sends one part of a flush; rejects when it was not taken. Its signal aborts when nobody waits for it any more. */
export type Delivery = (signal: AbortSignal) => Promise<void>

/** Where the numbers go. */
export interface Sink {
  /** The numbers of one flush, in parts that are sent one after the other. */
  deliveries(window: MetricsSnapshot): Delivery[]
  /** Ends what it holds. */
  close(): void
}

/** A part that the sink will never take, however often it is sent. */
export class RefusedNumbersError extends Error {
  override readonly name = 'RefusedNumbersError'
}
