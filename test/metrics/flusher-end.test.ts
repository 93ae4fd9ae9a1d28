import assert from 'node:assert/strict'
import { test } from 'node:test'
import { METRICS_LAST_FLUSH_MS } from '../../src/limits.ts'
import { Flusher } from '../../src/metrics/flusher.ts'
import { FakeClock } from '../support/fake-clock.ts'
import { count, FAILS, INTERVAL_MS, stage } from './flusher-stage.ts'

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
