// docs/request-handling.md: 24
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import {
  IN_FLIGHT_WHATEVER_MEMORY,
  LOAD_DELAY_MS,
  LOAD_SAMPLE_MS,
  OVERLOADED_SAMPLES,
  QUEUED_STARTS_AT_FIRST,
} from '../../src/limits.ts'
import { parseRegistryRequest } from '../../src/registry/parse.ts'
import { QueueGauge } from '../../src/shedding/queue-gauge.ts'
import { Shedder } from '../../src/shedding/shedder.ts'

const PULL = parseRegistryRequest('GET', '/v2/team/app/manifests/v1')
const PATCH = parseRegistryRequest('PATCH', '/v2/team/app/blobs/uploads/1')

function shedder(inFlight: number, maxInFlight: number | 'off' = 'off', maxDelayMs = 0): Shedder {
  const queue = new QueueGauge(setImmediate)
  return new Shedder({ maxInFlight, inFlight: () => inFlight, maxUtilization: 0.9, maxDelayMs, queue })
}

for (const [inFlight, max, why] of [
  [10, 10, undefined],
  [11, 10, 'inFlight'],
  [100_000, 'off', undefined],
] as const) {
  test(`${inFlight} in flight with a limit of ${max}: ${why ?? 'let in'}`, () => {
    assert.equal(shedder(inFlight, max).whyNot(PULL), why)
    assert.equal(shedder(inFlight, max).whyNot(PATCH), undefined)
  })
}

test('a busy loop with a queue before it sheds from what starts, and from nothing else', async () => {
  const busy = shedder(1)
  for (let i = 0; i < OVERLOADED_SAMPLES; i += 1) {
    for (let queued = 0; queued <= QUEUED_STARTS_AT_FIRST; queued += 1) assert.equal(busy.whyNot(PULL), undefined)
    busy.sample({ utilization: 1, cpu: 0.5, lateMs: 0 })
    await turn()
  }
  assert.equal(busy.whyNot(PULL), 'eventLoopUtilization')
  assert.equal(busy.whyNot(PATCH), undefined)
  busy.sample({ utilization: 0, cpu: 0, lateMs: 0 })
  assert.equal(busy.whyNot(PULL), undefined)
})

for (const pressure of ['heapUsedBytes', 'rssBytes']) {
  test(`${pressure}: what starts is shed when it comes to many in flight`, () => {
    assert.equal(shedder(IN_FLIGHT_WHATEVER_MEMORY).whyNotUnder(pressure, PULL), undefined)
    assert.equal(shedder(IN_FLIGHT_WHATEVER_MEMORY + 1).whyNotUnder(pressure, PULL), pressure)
    assert.equal(shedder(IN_FLIGHT_WHATEVER_MEMORY + 1).whyNotUnder(pressure, PATCH), undefined)
  })
}

test('a late event loop sheds all that starts', () => {
  const late = shedder(1, 'off', 100)
  const sample = (lateMs: number): void => late.sample({ utilization: 0, cpu: 0, lateMs })
  sample(2000)
  assert.equal(late.whyNot(PULL), 'eventLoopDelay')
  assert.equal(late.whyNot(PATCH), undefined)
  for (let ms = 0; ms < LOAD_DELAY_MS; ms += LOAD_SAMPLE_MS) sample(0)
  assert.equal(late.whyNot(PULL), undefined)
  const unlimited = shedder(1)
  unlimited.sample({ utilization: 0, cpu: 0, lateMs: 2000 })
  assert.equal(unlimited.whyNot(PULL), undefined)
})
