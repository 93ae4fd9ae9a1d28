import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Stopwatch } from '../src/stopwatch.ts'
import { FakeClock } from './support/fake-clock.ts'

test('a stopwatch runs from the start, stands when it is stopped, and goes on as if it had not', async () => {
  const clock = new FakeClock()
  const watch = new Stopwatch(clock)
  await clock.advance(10)
  assert.equal(watch.ms, 10)
  watch.stop()
  await clock.advance(20)
  assert.equal(watch.ms, 10)
  watch.goOn()
  assert.equal(watch.ms, 30)
  await clock.advance(5)
  watch.stop()
  assert.equal(watch.ms, 35)
})
