import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { METRICS_CALL_MS, METRICS_LAST_FLUSH_MS } from '../../src/limits.ts'
import { Flusher } from '../../src/metrics/flusher.ts'
import type { Recorder } from '../../src/metrics/recorder.ts'
import { type Delivery, RefusedNumbersError, type Sink } from '../../src/metrics/sink.ts'
import { FakeClock } from '../support/fake-clock.ts'
import { end, recorderOf } from './recorder-of.ts'

const INTERVAL_MS = 60_000
const FAILS = 'metrics cannot be sent; they are counted on, and sent when that succeeds'
const AGAIN = 'metrics are sent again'
const DROPPED = 'a part of the metrics is refused for good, and dropped'

interface Stage {
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
function stage(openSink?: (sink: Sink) => Promise<Sink>): Stage {
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

async function fail(): Promise<void> {
  throw new Error('the sink is down')
}

function count(recorder: Recorder, requests: number): void {
  for (let i = 0; i < requests; i++) end(recorder, 'GET', i % 2 === 0 ? '/v2/' : '/v2/a/tags/list')
}

test('numbers are sent at every interval, each once', async () => {
  const { clock, recorder, taken, log } = stage()
  count(recorder, 3)
  await clock.advance(INTERVAL_MS - 1)
  assert.equal(taken(), 0)
  await clock.advance(1)
  assert.equal(taken(), 3)
  count(recorder, 2)
  await clock.advance(INTERVAL_MS)
  assert.equal(taken(), 5)
  await clock.advance(10 * INTERVAL_MS)
  assert.equal(taken(), 5)
  assert.deepEqual(log, [])
})

test('one flush at a time: what is counted meanwhile goes with the next', async () => {
  const { clock, recorder, flusher, behave, taken } = stage()
  const under = { way: 0, most: 0 }
  const releases: (() => void)[] = []
  behave(async () => {
    under.way += 1
    under.most = Math.max(under.most, under.way)
    await new Promise<void>((resolve) => releases.push(resolve))
    under.way -= 1
  })
  count(recorder, 4)
  const first = flusher.flush()
  await turn()
  count(recorder, 6)
  assert.equal(flusher.flush(), first)
  for (let i = 0; i < 2; i++) {
    releases.shift()?.()
    await turn()
  }
  await first
  assert.equal(taken(), 4)
  behave(async () => {})
  await clock.advance(INTERVAL_MS)
  assert.equal(taken(), 10)
  assert.equal(under.most, 1)
})

test('a part that was taken is not sent again when a later one fails', async () => {
  const { clock, recorder, behave, taken } = stage()
  const calls = { made: 0 }
  behave(async () => {
    calls.made += 1
    if (calls.made === 2) await fail()
  })
  count(recorder, 10)
  await clock.advance(INTERVAL_MS)
  assert.equal(taken(), 5)
  await clock.advance(INTERVAL_MS)
  assert.equal(taken(), 10)
})

test('a sink that is down for the whole run and then back: totals right from then on, memory flat, told twice', async () => {
  const { clock, recorder, behave, taken, log } = stage()
  behave(fail)
  for (let minute = 0; minute < 500; minute++) {
    count(recorder, 100)
    for (let i = 0; i < 50; i++) end(recorder, 'GET', `/v2/team/app-${minute}-${i}/manifests/1`)
    await clock.advance(INTERVAL_MS)
  }
  const { repositories } = recorder.snapshot()
  assert.equal(repositories.length, 201)
  assert.deepEqual(log, [FAILS])
  behave(async () => {})
  await clock.advance(INTERVAL_MS)
  assert.equal(taken(), 50_000)
  assert.deepEqual(log, [FAILS, AGAIN])
  count(recorder, 7)
  await clock.advance(INTERVAL_MS)
  assert.equal(taken(), 50_007)
  behave(fail)
  await clock.advance(2 * INTERVAL_MS)
  assert.deepEqual(log, [FAILS, AGAIN, FAILS])
})

test('a sink that hangs is given up in time, and asked again later', async () => {
  const { clock, recorder, behave, taken, log } = stage()
  behave(() => new Promise(() => {}))
  count(recorder, 10)
  await clock.advance(INTERVAL_MS)
  assert.deepEqual(log, [])
  await clock.advance(METRICS_CALL_MS)
  assert.deepEqual(log, [FAILS])
  behave(async () => {})
  await clock.advance(INTERVAL_MS)
  assert.equal(taken(), 10)
})

test('what is refused for good is dropped and told, and the rest goes on', async () => {
  const { clock, recorder, behave, taken, log } = stage()
  const calls = { made: 0 }
  behave(async () => {
    calls.made += 1
    if (calls.made === 1) throw new RefusedNumbersError('invalid')
  })
  count(recorder, 10)
  await clock.advance(INTERVAL_MS)
  assert.equal(taken(), 5)
  assert.deepEqual(log, [DROPPED])
  count(recorder, 10)
  await clock.advance(INTERVAL_MS)
  assert.equal(taken(), 15)
})

test('a sink that cannot be opened is told, and takes nothing from the recorder', async () => {
  const { clock, recorder, flusher, log } = stage(async () => assert.fail('not to be opened'))
  count(recorder, 2)
  await clock.advance(3 * INTERVAL_MS)
  assert.deepEqual(log, [FAILS])
  assert.equal(recorder.take().operations.other.requests, 1)
  await flusher.close()
})

test('the end sends what there still is, and no more', async () => {
  const { clock, recorder, flusher, taken, closed } = stage()
  count(recorder, 3)
  await flusher.close()
  assert.equal(taken(), 3)
  assert.equal(closed(), true)
  assert.equal(clock.armed, 0)
})

test('the end waits for the flush that is under way, and sends what was counted since', async () => {
  const { clock, recorder, flusher, behave, taken } = stage()
  const releases: (() => void)[] = []
  behave(() => new Promise((resolve) => releases.push(resolve)))
  count(recorder, 4)
  await clock.advance(INTERVAL_MS)
  count(recorder, 6)
  const closed = flusher.close()
  behave(async () => {})
  releases.shift()?.()
  await closed
  assert.equal(taken(), 10)
})

test('a sink that hangs holds the end up for a bounded time, whether it hung before or hangs now', async () => {
  for (const early of [true, false]) {
    const { clock, recorder, flusher, behave, log, closed } = stage()
    behave(() => new Promise(() => {}))
    count(recorder, 4)
    if (early) await clock.advance(INTERVAL_MS)
    const state = { ended: false }
    const end = flusher.close().finally(() => {
      state.ended = true
    })
    await clock.advance(METRICS_LAST_FLUSH_MS - 1)
    assert.equal(state.ended, false)
    await clock.advance(1)
    await end
    assert.deepEqual(log, [FAILS])
    assert.equal(closed(), true)
    assert.equal(clock.armed, 0)
  }
})

test('a flusher that never started ends at once', async () => {
  const flusher = new Flusher({
    intervalMs: INTERVAL_MS,
    take: () => assert.fail('nothing is to be taken'),
    openSink: () => assert.fail('no sink is to be opened'),
    clock: new FakeClock(),
    log: console,
  })
  await flusher.close()
})
