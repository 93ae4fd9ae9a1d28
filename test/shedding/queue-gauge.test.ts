import assert from 'node:assert/strict'
import { test } from 'node:test'
import { QueueGauge } from '../../src/shedding/queue-gauge.ts'

test('what starts within a turn is counted together, and the mean is of the turns that had any', () => {
  let endTurn = (): void => assert.fail('no turn has begun')
  const gauge = new QueueGauge((callback) => (endTurn = callback))
  assert.equal(gauge.take(), 0)
  assert.deepEqual([gauge.start(), gauge.start(), gauge.start()], [1, 2, 3])
  endTurn()
  assert.equal(gauge.start(), 1)
  assert.equal(gauge.take(), 2)
  // The turn goes on, and its starts are counted on.
  assert.equal(gauge.start(), 2)
  endTurn()
  assert.equal(gauge.start(), 1)
  assert.equal(gauge.take(), 2)
  assert.equal(gauge.take(), 0)
})
