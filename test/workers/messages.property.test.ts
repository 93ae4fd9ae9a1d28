import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { OPERATIONS } from '../../src/metrics/operation.ts'
import { TOTALS } from '../../src/metrics/snapshot.ts'
import { CrewNumbers } from '../../src/workers/crew-numbers.ts'
import { fromWorker, toWorker } from '../../src/workers/messages.ts'
import { property } from '../fuzz/property.ts'

const number = fc.oneof(fc.nat(), fc.double({ noNaN: true, noDefaultInfinity: true }))
const text = fc.string()
const id = fc.nat()

function orNull<T>(some: fc.Arbitrary<T>): fc.Arbitrary<T | null> {
  return fc.option(some, { nil: null })
}

const token = fc.record({ id, value: text, lifetimeMs: number, ageMs: number })
const failure = fc.record({ name: text, code: orNull(text) })
const tls = fc.record({ cert: text, key: text, ticketKeys: text })
const toWorkers = fc.oneof(
  fc.record({ type: fc.constant('start'), tls: orNull(tls) }),
  fc.record({ type: fc.constant('token'), token }),
  fc.record({ type: fc.constant('token-failure'), failure }),
  fc.record({ type: fc.constant('answer'), request: id, token: orNull(token), failure: orNull(failure) }),
  fc.record({ type: fc.constant('crew'), notReady: orNull(text) }),
  fc.record({ type: fc.constant('tls'), tls }),
  fc.record({ type: fc.constant('drain') }),
)

const distribution = fc.record({
  count: number,
  sum: number,
  buckets: fc.array(fc.tuple(number, number), { maxLength: 3 }),
})
const operation = fc.record({
  requests: number,
  clientErrors: number,
  serverErrors: number,
  bytesIn: number,
  bytesOut: number,
  durationMs: distribution,
  upstreamMs: distribution,
})
const window = fc.record({
  operations: operation.map((numbers) => Object.fromEntries(OPERATIONS.map((name) => [name, numbers]))),
  repositories: fc.array(fc.record({ repository: text, pulls: number, pushes: number }), { maxLength: 3 }),
  totals: number.map((value) => Object.fromEntries(TOTALS.map((name) => [name, value]))),
  eventLoopDelayMs: distribution,
  at: number,
  inFlight: number,
})
const ask = fc.constantFrom('acquire', 'renew', 'renew-if-doubtful')
const fromWorkers = fc.oneof(
  fc.record({ type: fc.constant('hello') }),
  fc.record({ type: fc.constant('ask'), request: id, what: ask, refused: orNull(id) }),
  fc.record({ type: fc.constant('numbers'), window }),
)

type Message = Record<string, unknown>

/** A message as it comes out of the channel. */
function sent(message: object): Message {
  return JSON.parse(JSON.stringify(message))
}

/** Every place in a message that has a value: what it is in, and its name or index there. */
function placesIn(value: unknown): [inside: object, name: string][] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, each]) => [[value, name] as [object, string]].concat(placesIn(each)))
}

/** The message with something of no type that is known at one of its places. */
function broken(message: Message, where: number): Message {
  const places = placesIn(message)
  const [inside, name] = places[where % places.length] ?? assert.fail('a message has a type')
  Object.assign(inside, { [name]: true })
  return message
}

property(
  'what the primary says is known again, and is nothing that a worker says',
  fc.property(toWorkers, (message) => {
    assert.deepEqual(toWorker(sent(message)), sent(message))
    assert.equal(fromWorker(sent(message)), undefined)
  }),
)

property(
  'what a worker says is known again, is nothing that the primary says, and its numbers add up without an error',
  fc.property(fromWorkers, (message) => {
    assert.equal(toWorker(sent(message)), undefined)
    const known = fromWorker(sent(message))
    assert.deepEqual(known, sent(message))
    if (known?.type !== 'numbers') return
    const numbers = new CrewNumbers({
      maxRepositories: 2,
      tokens: () => ({ current: undefined, ageMs: () => 0 }),
      certificateDaysLeft: () => undefined,
      log: undefined,
    })
    numbers.ofWorker().receive(known.window)
    assert.equal(numbers.recorder.snapshot().operations.tags.requests, known.window.operations.tags.requests)
  }),
  { cost: 10 },
)

property(
  'a message with one wrong value, wherever, is no message',
  fc.property(fc.oneof(toWorkers, fromWorkers), fc.nat(), (message, where) => {
    const other = broken(sent(message), where)
    assert.equal(toWorker(other), undefined)
    assert.equal(fromWorker(other), undefined)
  }),
)

property(
  'whatever comes over the channel is taken or not, and never an error',
  fc.property(fc.oneof(fc.jsonValue(), fc.anything()), (anything) => {
    assert.equal(toWorker(anything), undefined)
    assert.equal(fromWorker(anything), undefined)
  }),
)
