import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Outcome, rateOf } from '../../bench/open-loop.ts'

function outcome(changed: Partial<Outcome>): Outcome {
  return { dueAt: 0, latency: 500, became: 'accepted', failure: undefined, ...changed }
}

test('the rate is that of all visits until the last answer', () => {
  assert.equal(rateOf(1000, [outcome({}), outcome({ dueAt: 1000, latency: 1000 })]), 500)
})

// What was refused counted as served, and refusals are quick.
test('there is no rate of what was not accepted', () => {
  const outcomes = [outcome({}), outcome({ became: 'shed' }), outcome({ became: 'failed', failure: 'GET /x 502' })]
  assert.throws(() => rateOf(3, outcomes), /^Error: 2 of 3 requests were not accepted: shed, GET \/x 502$/)
})
