import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Places } from '../../src/upstream/places.ts'

/** Two places, what began, and what is to come after this turn of the event loop. */
function trial() {
  const began: string[] = []
  const turn: (() => void)[] = []
  const places = new Places(2, (callback) => turn.push(callback))
  const take = (name: string): (() => boolean) => {
    const who = { begin: () => void began.push(name) }
    places.take(who)
    return () => places.leave(who)
  }
  const endTurn = (): void => {
    for (const callback of turn.splice(0)) callback()
  }
  return { places, began, take, endTurn }
}

test('as many begin at once as there are places; the others in their order, after the turn in which one was given back', () => {
  const { places, began, take, endTurn } = trial()
  for (const name of ['a', 'b', 'c', 'd']) take(name)
  assert.deepEqual([began, places.waiting], [['a', 'b'], 2])
  places.give()
  assert.deepEqual([began, places.waiting], [['a', 'b'], 2])
  endTurn()
  assert.deepEqual([began, places.waiting], [['a', 'b', 'c'], 1])
  places.give()
  places.give()
  endTurn()
  assert.deepEqual([began, places.waiting], [['a', 'b', 'c', 'd'], 0])
  take('e')
  take('f')
  assert.deepEqual([began.at(-1), places.waiting], ['e', 1])
})

test('who leaves the queue never begins, and who asks is told whether it was in it', () => {
  const { places, began, take, endTurn } = trial()
  const leaveAtWork = take('a')
  take('b')
  const leave = take('c')
  take('d')
  assert.deepEqual([leaveAtWork(), leave(), leave()], [false, true, false])
  places.give()
  endTurn()
  assert.deepEqual([began, places.waiting], [['a', 'b', 'd'], 0])
})

test('who comes in the turn in which a place was given back waits behind those who waited', () => {
  const { places, began, take, endTurn } = trial()
  for (const name of ['a', 'b', 'c']) take(name)
  places.give()
  take('late')
  assert.deepEqual([began, places.waiting], [['a', 'b'], 2])
  endTurn()
  assert.deepEqual([began, places.waiting], [['a', 'b', 'c'], 1])
})

test('a place that was given back for one who then left is taken by the next who asks, and by no more', () => {
  const { places, began, take, endTurn } = trial()
  take('a')
  take('b')
  const leave = take('c')
  places.give()
  leave()
  take('d')
  take('e')
  endTurn()
  assert.deepEqual([began, places.waiting], [['a', 'b', 'd'], 1])
})
