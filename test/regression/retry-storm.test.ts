// docs/request-handling.md: 13.3
// reply-from answered one 503 with ten more tries within milliseconds, whatever its options said, and took the seconds of
// Retry-After for milliseconds.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Clock } from '../../src/clock.ts'
import { systemClock } from '../../src/clock.ts'
import { send } from '../support/http-client.ts'
import { startPair, upstreamRequests } from '../support/pair.ts'

const TAGS = '/v2/team/app/tags/list'

test('a GET that upstream answers 503 is sent three times, not eleven', async (t) => {
  const { simulator, proxy } = await startPair(t, { dependencies: { random: () => 0 } })
  simulator.faults.add({ times: 100, action: { kind: 'status', status: 503 } })
  assert.equal((await send(proxy, 'GET', TAGS)).status, 503)
  assert.equal(upstreamRequests(simulator).length, 3)
})

test('Retry-After: 2 is two seconds', async (t) => {
  const waits: number[] = []
  // Hours of token life are real; what a request waits for is not.
  const clock: Clock = {
    now: () => systemClock.now(),
    after: (ms, callback) => {
      if (ms > 60_000) return systemClock.after(ms, callback)
      waits.push(ms)
      return systemClock.after(0, callback)
    },
  }
  const { simulator, proxy } = await startPair(t, { dependencies: { random: () => 0, clock } })
  simulator.store.createRepository('team/app')
  simulator.faults.add({ times: 2, action: { kind: 'status', status: 503, headers: { 'Retry-After': '2' } } })
  assert.equal((await send(proxy, 'GET', TAGS)).status, 200)
  assert.deepEqual(waits, [2000, 2000])
})
