import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { WORKER_STEADY_MS } from '../../src/limits.ts'
import { running, stage } from './crew-stage.ts'

test('the first worker is forked alone, the others when it listens', async () => {
  const { crew, forked, at } = stage(3)
  const up = crew.start()
  await turn()
  assert.equal(forked.length, 1)
  at(0).events.listening()
  assert.equal(await up, true)
  assert.equal(forked.length, 3)
})

test('workers are numbered from 1, and the one that takes the place of another has its number', async () => {
  const { clock, forked, at } = await running(3)
  const numbers = (): number[] => forked.map(({ number }) => number)
  assert.deepEqual(numbers(), [1, 2, 3])
  at(1).events.ended(null, 'SIGKILL')
  await clock.advance(60_000)
  assert.deepEqual(numbers(), [1, 2, 3, 2])
})

test('a first worker that ends before it listens ends it all: nothing is forked again', async () => {
  const { crew, clock, forked, errors, at } = stage(2)
  const up = crew.start()
  at(0).events.ended(1, null)
  assert.equal(await up, false)
  assert.equal(clock.armed, 0)
  assert.equal(forked.length, 1)
  assert.deepEqual(errors, [])
})

test('ready is the crew when all have listened once, and later while one does', async () => {
  const { crew, at, clock, forked } = stage(2)
  const up = crew.start()
  at(0).events.listening()
  await up
  assert.equal(crew.notReady, 'not all workers listen yet')
  at(1).events.listening()
  assert.equal(crew.notReady, undefined)
  at(0).events.ended(1, null)
  assert.equal(crew.notReady, undefined)
  at(1).events.ended(1, null)
  assert.equal(crew.notReady, 'no worker listens')
  await clock.advance(1000)
  assert.equal(forked.length, 4)
  at(3).events.listening()
  assert.equal(crew.notReady, undefined)
})

test('a worker is welcomed when it says hello, and told nothing before', async () => {
  const { crew, at } = stage(2)
  const up = crew.start()
  at(0).events.message({ type: 'hello' })
  at(0).events.listening()
  await up
  crew.tell({ type: 'tls', tls: { cert: '', key: '', ticketKeys: '' } })
  const notReady = 'not all workers listen yet'
  assert.deepEqual(at(1).told, [])
  assert.deepEqual(
    at(0).told.map(({ type }) => type),
    ['start', 'crew', 'crew', 'tls'],
  )
  at(1).events.message({ type: 'hello' })
  assert.deepEqual(at(1).told, [
    { type: 'start', tls: null },
    { type: 'crew', notReady },
  ])
  at(1).events.listening()
  for (const worker of [at(0), at(1)]) assert.deepEqual(worker.told.at(-1), { type: 'crew', notReady: null })
})

test('what a worker asks is answered to it alone', async () => {
  const { at } = await running(2)
  at(1).events.message({ type: 'ask', request: 5, what: 'acquire', refused: null })
  assert.deepEqual(at(1).told.at(-1), { type: 'answer', request: 5, token: null, failure: null })
  assert.equal(at(0).told.at(-1)?.type, 'crew')
})

test('a worker that dies is told and replaced; the pause doubles up to 30 s and starts anew after a steady minute', async () => {
  const { at, clock, forked, errors } = await running(2)
  const pauses: number[] = []
  for (let last = 0; pauses.length < 7; last = forked.length - 1) {
    at(last).events.ended(null, 'SIGKILL')
    pauses.push(clock.nextInMs ?? 0)
    await clock.advance(clock.nextInMs ?? 0)
  }
  assert.deepEqual(pauses, [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000])
  assert.deepEqual(errors[0], { worker: 100, code: null, signal: 'SIGKILL', restartInMs: 1000 })
  await clock.advance(WORKER_STEADY_MS)
  at(forked.length - 1).events.ended(1, null)
  assert.equal(clock.nextInMs, 1000)
  // The place of the other worker has had no failure.
  at(1).events.ended(1, null)
  assert.equal(errors.length, 9)
  assert.deepEqual(errors[8], { worker: 101, code: 1, signal: null, restartInMs: 1000 })
})

test('a drain waits for all, is clean when all end with 0, and replaces none', async () => {
  const { crew, at, clock, forked } = await running(2)
  const drained = crew.drain()
  for (const worker of [at(0), at(1)]) assert.deepEqual(worker.told.at(-1), { type: 'drain' })
  assert.ok(crew.draining)
  at(0).events.ended(0, null)
  at(1).events.ended(0, null)
  assert.equal(await drained, true)
  assert.equal(clock.armed, 0)
  assert.equal(forked.length, 2)
})

for (const [code, signal] of [
  [1, null],
  [null, 'SIGSEGV'],
] as const) {
  test(`a worker that ends a drain with ${signal ?? code} does not hang it, but it is not clean`, async () => {
    const { crew, at } = await running(2)
    const drained = crew.drain()
    at(0).events.ended(code, signal)
    at(1).events.ended(0, null)
    assert.equal(await drained, false)
  })
}

// A Ctrl-C reaches the whole group, and ends a worker that does not listen to it yet.
test('a worker that dies before it said hello leaves a drain clean', async () => {
  const { crew, at } = stage(1)
  void crew.start()
  const drained = crew.drain()
  at(0).events.ended(null, 'SIGINT')
  assert.equal(await drained, true)
})

test('a worker that does not end in its time is killed', async () => {
  const { crew, at, clock } = await running(2)
  const drained = crew.drain()
  at(0).events.ended(0, null)
  await clock.advance(999)
  assert.ok(!at(1).killed)
  await clock.advance(1)
  assert.equal(await drained, false)
  assert.ok(at(1).killed && !at(0).killed)
})

test('a drain while no worker lives ends at once, and takes back the replacement', async () => {
  const { crew, at, clock } = await running(1)
  at(0).events.ended(1, null)
  assert.equal(await crew.drain(), true)
  assert.equal(clock.armed, 0)
})

test('a worker that says hello into a drain is told to end', async () => {
  const { crew, at } = stage(2)
  const up = crew.start()
  const drained = crew.drain()
  at(0).events.message({ type: 'hello' })
  assert.deepEqual(at(0).told, [{ type: 'drain' }])
  at(0).events.ended(0, null)
  assert.equal(await drained, true)
  assert.equal(await up, false)
})

test('a first worker that listens into a drain brings no others', async () => {
  const { crew, at, forked } = stage(2)
  const up = crew.start()
  const drained = crew.drain()
  at(0).events.listening()
  await up
  assert.equal(forked.length, 1)
  at(0).events.ended(0, null)
  assert.equal(await drained, true)
})
