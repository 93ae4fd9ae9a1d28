import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Gate } from '../src/gate.ts'

test('as many get in as there is room for, and one more for each that leaves', () => {
  const gate = new Gate(2)
  assert.deepEqual([gate.enter(), gate.enter(), gate.enter()], [true, true, false])
  gate.leave()
  assert.deepEqual([gate.enter(), gate.enter()], [true, false])
})

test('what counts for more needs as much room, and leaves as much', () => {
  const gate = new Gate(10)
  assert.deepEqual([gate.enter(7), gate.enter(4), gate.enter(3)], [true, false, true])
  gate.leave(7)
  assert.deepEqual([gate.enter(8), gate.enter(7), gate.enter(0), gate.enter(1)], [false, true, true, false])
})
