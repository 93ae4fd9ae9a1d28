import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Clock } from '../../src/clock.ts'
import { EVENT_LOOP_SAMPLE_MS } from '../../src/limits.ts'
import { EventLoopDelay } from '../../src/metrics/event-loop-delay.ts'

/** A clock whose timers are called by hand, as late as the test likes. */
function lateClock(): { clock: Clock; pass: (ms: number) => void; armed: () => number } {
  const state = { now: 0, due: [] as (() => void)[] }
  const clock: Clock = {
    now: () => state.now,
    after: (_ms, callback) => {
      state.due.push(callback)
      return () => {
        state.due = state.due.filter((other) => other !== callback)
      }
    },
  }
  const pass = (ms: number): void => {
    state.now += ms
    for (const callback of state.due.splice(0)) callback()
  }
  return { clock, pass, armed: () => state.due.length }
}

test('what is recorded is how late each timer was, until it is stopped', () => {
  const { clock, pass, armed } = lateClock()
  const delays: number[] = []
  const delay = new EventLoopDelay(clock, (ms) => delays.push(ms))
  delay.start()
  pass(EVENT_LOOP_SAMPLE_MS)
  pass(EVENT_LOOP_SAMPLE_MS + 250)
  pass(EVENT_LOOP_SAMPLE_MS - 1)
  assert.deepEqual(delays, [0, 250, 0])
  delay.stop()
  assert.equal(armed(), 0)
})

test('one that never started can be stopped', () => {
  const { clock, armed } = lateClock()
  new EventLoopDelay(clock, () => assert.fail('nothing is to be recorded')).stop()
  assert.equal(armed(), 0)
})
