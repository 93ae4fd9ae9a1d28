import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Gate } from '../../src/upstream/gate.ts'

test('as many get in as there is room for, and one more for each that leaves', () => {
  const gate = new Gate(2)
  assert.deepEqual([gate.enter(), gate.enter(), gate.enter()], [true, true, false])
  gate.leave()
  assert.deepEqual([gate.enter(), gate.enter()], [true, false])
})
