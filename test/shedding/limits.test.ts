import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pressureLimits } from '../../src/shedding/limits.ts'
import { load } from '../config/environment.ts'

const MIB = 1024 ** 2
const MEMORY = { constrained: 1000 * MIB, machine: 8000 * MIB, heap: 400 * MIB }

test('by default: utilization, and a share of what heap and container give', () => {
  assert.deepEqual(pressureLimits(load(), MEMORY), {
    maxEventLoopUtilization: 0.9,
    maxEventLoopDelay: 0,
    maxHeapUsedBytes: 340 * MIB,
    maxRssBytes: 850 * MIB,
  })
})

for (const [what, constrained] of [
  ['nothing known', undefined],
  ['0', 0],
  ['as much as the machine has', 8000 * MIB],
  ['what cgroup v1 says for no limit', 0x7f_ff_ff_ff_ff_ff_f0_00],
  ['what cgroup v2 says for no limit', 2 ** 64],
] as const) {
  test(`a container with ${what} has no limit of resident memory`, () => {
    assert.equal(pressureLimits(load(), { ...MEMORY, constrained }).maxRssBytes, 0)
  })
}

for (const [workers, mib] of [
  ['1', 850],
  ['auto', 850],
  ['4', 212.5],
] as const) {
  test(`WORKERS=${workers}: each has ${mib} MiB of the container`, () => {
    assert.equal(pressureLimits(load({ WORKERS: workers }), MEMORY).maxRssBytes, mib * MIB)
  })
}

test('what is set is taken as it is', () => {
  const set = { MAX_EVENT_LOOP_UTILIZATION: '0.5', MAX_EVENT_LOOP_DELAY: '200ms', MAX_HEAP: '1GiB', MAX_RSS: '2GiB' }
  assert.deepEqual(pressureLimits(load({ ...set, WORKERS: '4' }), MEMORY), {
    maxEventLoopUtilization: 0.5,
    maxEventLoopDelay: 200,
    maxHeapUsedBytes: 1024 * MIB,
    maxRssBytes: 2048 * MIB,
  })
})

test('off is no limit', () => {
  const off = { MAX_EVENT_LOOP_UTILIZATION: 'off', MAX_EVENT_LOOP_DELAY: 'off', MAX_HEAP: 'off', MAX_RSS: 'off' }
  assert.deepEqual(pressureLimits(load(off), MEMORY), {
    maxEventLoopUtilization: 0,
    maxEventLoopDelay: 0,
    maxHeapUsedBytes: 0,
    maxRssBytes: 0,
  })
})
