import { Flusher } from '../../src/metrics/flusher.ts'
import type { Recorder } from '../../src/metrics/recorder.ts'
import type { Delivery, Sink } from '../../src/metrics/sink.ts'
import { FakeClock } from '../support/fake-clock.ts'
import { end, recorderOf } from './recorder-of.ts'

export const INTERVAL_MS = 60_000
export const FAILS = 'metrics cannot be sent; they are counted on, and sent when that succeeds'

export interface Stage {
  clock: FakeClock
  recorder: Recorder
  flusher: Flusher
  /** What becomes of each delivery from now on; takes it, unless told otherwise. */
  behave: (deliver: () => Promise<void>) => void
  /** Requests that the sink has taken, all together. */
  taken: () => number
  log: string[]
  closed: () => boolean
}

/** A flusher that has started; each flush is delivered in two parts, which have all of its requests between them. */
export function stage(openSink?: (sink: Sink) => Promise<Sink>): Stage {
  const state = { taken: 0, closed: false, deliver: async (): Promise<void> => {} }
  const log: string[] = []
  const note = (_object: object, message: string): void => void log.push(message)
  const clock = new FakeClock()
  const recorder = recorderOf()
  const part = (requests: number): Delivery => {
    return async () => {
      await state.deliver()
      state.taken += requests
    }
  }
  const sink: Sink = {
    deliveries: ({ operations }) => [part(operations.tags.requests), part(operations.other.requests)],
    close: () => {
      state.closed = true
    },
  }
  const flusher = new Flusher({
    intervalMs: INTERVAL_MS,
    take: () => recorder.take(),
    openSink: () => openSink?.(sink) ?? Promise.resolve(sink),
    clock,
    log: { info: note, warn: note, error: note },
  })
  flusher.start()
  return {
    clock,
    recorder,
    flusher,
    behave: (deliver) => {
      state.deliver = deliver
    },
    taken: () => state.taken,
    log,
    closed: () => state.closed,
  }
}

export async function fail(): Promise<void> {
  throw new Error('the sink is down')
}

export function count(recorder: Recorder, requests: number): void {
  for (let i = 0; i < requests; i++) end(recorder, 'GET', i % 2 === 0 ? '/v2/' : '/v2/a/tags/list')
}
