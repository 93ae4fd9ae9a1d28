// docs/request-handling.md: 24
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { OVERLOADED_SAMPLES, QUEUED_STARTS, QUEUED_STARTS_AT_FIRST, STARTS_PER_TURN } from '../../src/limits.ts'
import { Admission } from '../../src/shedding/admission.ts'

const MAX = 0.9
const LONG_QUEUE = QUEUED_STARTS_AT_FIRST + 1
const QUEUE = QUEUED_STARTS + 1

/** Of a thousand starts, each the first of its turn, how many are let in. */
function admitted(admission: Admission): number {
  return Array.from({ length: 1000 }, () => admission.admits(1)).filter(Boolean).length
}

/** After an overload that has just become one, and has lasted for `samples` after that. */
function overloaded(samples: number): Admission {
  const admission = new Admission(MAX)
  for (let i = 0; i < OVERLOADED_SAMPLES; i += 1) admission.adapt(1, LONG_QUEUE)
  for (let i = 0; i < samples; i += 1) admission.adapt(1, QUEUE)
  return admission
}

test('at first all is let in, however much comes at once', () => {
  const admission = new Admission(MAX)
  assert.equal(admission.admits(10_000), true)
  assert.equal(admitted(admission), 1000)
})

for (const [what, utilization, queued] of [
  ['a busy loop with a short queue', 1, QUEUED_STARTS_AT_FIRST],
  ['a queue before a loop that is not busy', MAX, 1000],
  ['quiet', 0, 0],
] as const) {
  test(`${what} is no overload`, () => {
    const admission = new Admission(MAX)
    for (let i = 0; i < 100; i += 1) admission.adapt(utilization, queued)
    assert.equal(admitted(admission), 1000)
  })
}

for (const [samples, count] of [
  [0, 500],
  [1, 250],
  [2, 125],
  [100, 10],
] as const) {
  test(`${samples} samples after the beginning of an overload ${count} of 1000 are let in, spread evenly`, () => {
    assert.equal(admitted(overloaded(samples)), count)
  })
}

test('a busy sample with a long queue is none while it is alone: the process may have been stopped', () => {
  const admission = new Admission(MAX)
  for (let i = 0; i < 10; i += 1) {
    for (let busy = 1; busy < OVERLOADED_SAMPLES; busy += 1) admission.adapt(1, LONG_QUEUE)
    admission.adapt(MAX, LONG_QUEUE)
  }
  assert.equal(admitted(admission), 1000)
})

test('while load is shed, a short queue and a loop with time to spare are no overload', () => {
  for (const [utilization, queued] of [
    [1, QUEUED_STARTS],
    [MAX, 1000],
  ] as const) {
    const admission = overloaded(0)
    admission.adapt(utilization, queued)
    assert.equal(admitted(admission), 510)
  }
})

test('while load is shed, a turn starts only so many', () => {
  const admission = overloaded(0)
  for (let i = 0; i < 10; i += 1) assert.equal(admission.admits(STARTS_PER_TURN + 1), false)
  assert.equal(admission.admits(STARTS_PER_TURN), false)
  assert.equal(admission.admits(STARTS_PER_TURN), true)
})

test('near its limit the loop is given more in small steps, and an overload takes it back at once', () => {
  const admission = overloaded(0)
  admission.adapt(MAX, 1)
  assert.equal(admitted(admission), 510)
  admission.adapt(1, QUEUE)
  assert.equal(admitted(admission), 255)
})

test('when the load has gone, all is let in again within half a second', () => {
  const admission = overloaded(100)
  for (let i = 0; i < 7; i += 1) admission.adapt(0.1, 1)
  assert.equal(admitted(admission), 1000)
})

test('without a limit nothing is shed', () => {
  const admission = new Admission(0)
  for (let i = 0; i < 10; i += 1) admission.adapt(1, 1000)
  assert.equal(admitted(admission), 1000)
})
