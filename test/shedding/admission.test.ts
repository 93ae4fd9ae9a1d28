// docs/request-handling.md: 24
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  ADMISSION_RECOVERY,
  CALM_SAMPLES,
  CERTAIN_CPU,
  LOAD_SAMPLE_MS,
  NEARLY_BUSY,
  NEARLY_QUEUED_STARTS,
  OVERLOADED_MS,
  OVERLOADED_SAMPLES,
  QUEUED_STARTS,
  QUEUED_STARTS_AT_FIRST,
  STARTS_PER_TURN,
} from '../../src/limits.ts'
import { Admission, type LoopLoad } from '../../src/shedding/admission.ts'

const MAX = 0.9
const LONG_QUEUE = QUEUED_STARTS_AT_FIRST + 1
const QUEUE = QUEUED_STARTS + 1

/** Of a process whose core is not its own, unless told otherwise. */
function load(utilization: number, queued: number, cpu = CERTAIN_CPU, ms = LOAD_SAMPLE_MS): LoopLoad {
  return { utilization, cpu, queued, ms }
}

/** Of a thousand starts, each the first of its turn, how many are let in. */
function admitted(admission: Admission): number {
  return Array.from({ length: 1000 }, () => admission.admits(1)).filter(Boolean).length
}

/** After an overload that has just become one, and has lasted for `samples` after that. */
function overloaded(samples: number): Admission {
  const admission = new Admission(MAX)
  for (let i = 0; i < OVERLOADED_SAMPLES; i += 1) admission.adapt(load(1, LONG_QUEUE))
  for (let i = 0; i < samples; i += 1) admission.adapt(load(1, QUEUE))
  return admission
}

/** After an overload, and so many samples since then in which all was let in. */
function recovered(calm: number): Admission {
  const admission = overloaded(0)
  // From a half back to all.
  const samples = Math.ceil(Math.log(2) / Math.log(ADMISSION_RECOVERY))
  for (let i = 0; i < samples + calm; i += 1) admission.adapt(load(0, 0))
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
    for (let i = 0; i < 100; i += 1) admission.adapt(load(utilization, queued))
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
    for (let busy = 1; busy < OVERLOADED_SAMPLES; busy += 1) admission.adapt(load(1, LONG_QUEUE))
    admission.adapt(load(MAX, LONG_QUEUE))
  }
  assert.equal(admitted(admission), 1000)
})

// For 100 ms twice the load was let in, and 1 of 100 requests of the next minute waited for it.
test('an overload of a process that had its core is believed as soon as it is no short burst', () => {
  const certain = new Admission(MAX)
  const shorter = OVERLOADED_MS / 2 - 1
  certain.adapt(load(1, LONG_QUEUE, 1, shorter))
  certain.adapt(load(1, LONG_QUEUE, 1, shorter))
  assert.equal(admitted(certain), 1000)
  certain.adapt(load(1, LONG_QUEUE, 1, 2))
  assert.equal(admitted(certain), 500)
  const atOnce = new Admission(MAX)
  atOnce.adapt(load(1, LONG_QUEUE, 1, OVERLOADED_MS))
  assert.equal(admitted(atOnce), 500)
})

test('short bursts are no overload together, nor is what may have been a pause, nor a short queue', () => {
  for (const between of [
    load(MAX, LONG_QUEUE, 1),
    load(1, LONG_QUEUE, CERTAIN_CPU),
    load(1, QUEUED_STARTS_AT_FIRST, 1),
  ]) {
    const admission = new Admission(MAX)
    for (let i = 0; i < OVERLOADED_SAMPLES / 2 - 1; i += 1) {
      admission.adapt(load(1, LONG_QUEUE, 1, OVERLOADED_MS - 1))
      admission.adapt(between)
    }
    assert.equal(admitted(admission), 1000)
  }
  const short = new Admission(MAX)
  for (let i = 0; i < 10; i += 1) short.adapt(load(1, QUEUED_STARTS_AT_FIRST, 1, OVERLOADED_MS))
  assert.equal(admitted(short), 1000)
})

test('while load is shed, a short queue and a loop with time to spare are no overload', () => {
  for (const [utilization, queued] of [
    [1, QUEUED_STARTS],
    [MAX, 1000],
  ] as const) {
    const admission = overloaded(0)
    admission.adapt(load(utilization, queued))
    assert.equal(admitted(admission), 500)
  }
})

test('while load is shed, and until all is calm, a turn starts only so many', () => {
  const admission = overloaded(0)
  for (let i = 0; i < 10; i += 1) assert.equal(admission.admits(STARTS_PER_TURN + 1), false)
  assert.equal(admission.admits(STARTS_PER_TURN), false)
  assert.equal(admission.admits(STARTS_PER_TURN), true)
})

test('near its limit the loop is given more in small steps, and an overload takes it back at once', () => {
  for (const [utilization, queued] of [
    [MAX, NEARLY_QUEUED_STARTS - 0.1],
    [MAX * NEARLY_BUSY - 0.01, 1000],
  ] as const) {
    const admission = overloaded(0)
    admission.adapt(load(utilization, queued))
    assert.equal(admitted(admission), 501)
    admission.adapt(load(1, QUEUE))
    assert.equal(admitted(admission), 250)
  }
})

test('with room in the loop the share grows quickly, and is still a share', () => {
  const admission = overloaded(0)
  admission.adapt(load(0, 0))
  // The shares of a thousand starts add up to one less than what they are on paper.
  assert.ok(Math.abs(admitted(admission) - 500 * ADMISSION_RECOVERY) <= 1)
})

test('where the loop is nearly busy and a queue begins, what is let in creeps up, from the least to all', () => {
  const admission = overloaded(0)
  admission.adapt(load(MAX * NEARLY_BUSY, NEARLY_QUEUED_STARTS))
  assert.equal(admitted(admission), 500)
  const least = overloaded(100)
  let samples = 0
  while (admitted(least) < 1000) {
    least.adapt(load(MAX * NEARLY_BUSY, NEARLY_QUEUED_STARTS))
    samples += 1
    assert.ok(samples < 12_500)
  }
})

// Beside pushes that kept the loop half busy, pulls were turned away for 23 s after a burst, though none waited for another.
test('where none waits all is let in again within four seconds, however busy the loop is', () => {
  const admission = overloaded(100)
  for (let i = 0; i < 4000 / LOAD_SAMPLE_MS; i += 1) admission.adapt(load(1, 1))
  assert.equal(admitted(admission), 1000)
})

// Where the load stayed, the share grew back to all, and what came next was let in for as long as the first overload.
test('an overload that comes back is believed at once, and one after the calm is another', () => {
  const back = recovered(CALM_SAMPLES - 2)
  assert.equal(back.admits(STARTS_PER_TURN + 1), true)
  back.adapt(load(MAX / 2, 0))
  assert.equal(back.admits(STARTS_PER_TURN + 1), false)
  back.adapt(load(1, QUEUE))
  assert.equal(admitted(back), 500)
  const another = recovered(CALM_SAMPLES)
  another.adapt(load(1, QUEUE))
  another.adapt(load(1, LONG_QUEUE))
  assert.equal(admitted(another), 1000)
})

test('when the load has gone, all is let in again within half a second', () => {
  const admission = overloaded(100)
  for (let i = 0; i < 500 / LOAD_SAMPLE_MS; i += 1) admission.adapt(load(0.1, 1))
  assert.equal(admitted(admission), 1000)
  assert.equal(admission.admits(10_000), true)
})

test('without a limit nothing is shed', () => {
  const admission = new Admission(0)
  for (let i = 0; i < 10; i += 1) admission.adapt(load(1, 1000))
  assert.equal(admitted(admission), 1000)
})
