import assert from 'node:assert/strict'
import { test } from 'node:test'
import { running, stage } from './crew-stage.ts'

test('a worker that says it is leaving counts no more and is replaced at once, and its end changes nothing', async () => {
  const { crew, at, clock, forked, errors } = await running(2)
  at(0).events.message({ type: 'leaving' })
  assert.deepEqual(errors, [{ worker: 100, restartInMs: 1000 }])
  at(0).events.listening()
  at(1).events.message({ type: 'leaving' })
  assert.equal(crew.notReady, 'no worker listens')
  assert.deepEqual(at(1).told.at(-1), { type: 'crew', notReady: 'no worker listens' })
  await clock.advance(999)
  assert.equal(forked.length, 2)
  at(0).events.ended(1, null)
  await clock.advance(1)
  assert.equal(forked.length, 4)
  assert.equal(at(2).number, 1)
  at(2).events.listening()
  assert.equal(crew.notReady, undefined)
  at(1).events.ended(1, null)
  await clock.advance(60_000)
  assert.deepEqual([forked.length, errors.length, clock.armed], [4, 2, 0])
})

test('a worker that is leaving and does not end in its time is killed', async () => {
  const { at, clock } = await running(2)
  at(0).events.message({ type: 'leaving' })
  await clock.advance(999)
  assert.ok(!at(0).killed)
  await clock.advance(1)
  assert.ok(at(0).killed && !at(1).killed)
})

test('while one is leaving, the next one of its place is replaced only when it has ended', async () => {
  const { crew, at, clock, forked } = await running(1)
  at(0).events.message({ type: 'leaving' })
  await clock.advance(clock.nextInMs ?? 0)
  at(1).events.listening()
  at(1).events.message({ type: 'leaving' })
  assert.equal(crew.notReady, 'no worker listens')
  assert.deepEqual(at(0).told.at(-1), { type: 'crew', notReady: 'no worker listens' })
  assert.equal(forked.length, 2)
  at(1).events.ended(1, null)
  await clock.advance(clock.nextInMs ?? 0)
  assert.equal(forked.length, 3)
})

test('a first worker that leaves before it listens, and one that was told to, are not replaced', async () => {
  const { crew, at, clock, forked } = stage(2)
  const up = crew.start()
  at(0).events.message({ type: 'leaving' })
  at(0).events.ended(1, null)
  assert.equal(await up, false)
  assert.equal(clock.armed, 0)
  assert.equal(forked.length, 1)

  const other = await running(1)
  const drained = other.crew.drain()
  other.at(0).events.message({ type: 'leaving' })
  other.at(0).events.ended(0, null)
  assert.equal(await drained, true)
  assert.deepEqual(other.errors, [])
})
