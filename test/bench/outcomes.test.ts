import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Outcomes, rateOf } from '../../bench/outcomes.ts'

test('the rate is that of all visits until the last answer', () => {
  const outcomes = new Outcomes(2)
  outcomes.add(1000, 1000, 'accepted')
  outcomes.add(0, 500, 'accepted')
  assert.equal(rateOf(1000, outcomes), 500)
})

// What was refused counted as served, and refusals are quick.
test('there is no rate of what was not accepted', () => {
  const outcomes = new Outcomes(3)
  outcomes.add(0, 500, 'accepted')
  outcomes.add(0, 500, 'shed')
  outcomes.add(0, 500, 'failed', 'GET /x 502')
  assert.throws(() => rateOf(3, outcomes), /^Error: 2 of 3 requests were not accepted: shed, GET \/x 502$/)
})

test('latencies are of what was accepted, and of what was due since', () => {
  const outcomes = new Outcomes(4)
  outcomes.add(0, 1, 'accepted')
  outcomes.add(10, 2, 'shed')
  outcomes.add(10, 3, 'accepted')
  outcomes.add(11, 4, 'shed')
  assert.deepEqual(outcomes.latencies(), [1, 3])
  assert.deepEqual(outcomes.latencies(10), [3])
  assert.equal(outcomes.lastDue('shed'), 11)
  assert.equal(outcomes.lastDue('failed'), Number.NEGATIVE_INFINITY)
  assert.equal(outcomes.count('shed'), 2)
})

test('an outcome for which there is no room is an error, and not lost', () => {
  const outcomes = new Outcomes(1)
  outcomes.add(0, 1, 'accepted')
  assert.throws(() => outcomes.add(0, 1, 'accepted'), RangeError)
})
