import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { METRICS_CALL_MS } from '../../src/limits.ts'
import { RefusedNumbersError } from '../../src/metrics/sink.ts'
import { count, fail, FAILS, INTERVAL_MS, stage } from './flusher-stage.ts'
import { end } from './recorder-of.ts'

const AGAIN = 'metrics are sent again'
const DROPPED = 'a part of the metrics is refused for good, and dropped'
const WHOLE = 'no part of the metrics is refused any more'

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

// A whole night of refusals was an error line for each flush.
test('refusals are told once, and again only after a flush that was taken whole', async () => {
  const { clock, behave, log } = stage()
  const refuse = async (): Promise<void> => {
    throw new RefusedNumbersError('invalid')
  }
  behave(refuse)
  await clock.advance(INTERVAL_MS)
  await clock.advance(INTERVAL_MS)
  assert.deepEqual(log, [DROPPED])
  behave(async () => {})
  await clock.advance(INTERVAL_MS)
  await clock.advance(INTERVAL_MS)
  assert.deepEqual(log, [DROPPED, WHOLE])
  behave(refuse)
  await clock.advance(INTERVAL_MS)
  assert.deepEqual(log, [DROPPED, WHOLE, DROPPED])
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

test('a sink that can be opened later gets all that was counted meanwhile', async () => {
  let opened = 0
  const { clock, recorder, flusher, log, taken, closed } = stage(async (sink) => {
    opened += 1
    return opened < 3 ? assert.fail('not yet') : sink
  })
  count(recorder, 2)
  await clock.advance(INTERVAL_MS)
  count(recorder, 2)
  await clock.advance(INTERVAL_MS)
  assert.deepEqual(log, [FAILS])
  await clock.advance(INTERVAL_MS)
  assert.deepEqual([taken(), opened], [4, 3])
  assert.deepEqual(log, [FAILS, 'metrics are sent again'])
  await flusher.close()
  assert.equal(closed(), true)
})
