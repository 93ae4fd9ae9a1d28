import assert from 'node:assert/strict'
import { test } from 'node:test'
import { outcomeWithin } from '../../src/probes/outcome.ts'

test('a value, and an error, are what they are', async () => {
  const error = new Error('of a test')
  assert.deepEqual(await outcomeWithin(60_000, async () => 1), { value: 1 })
  assert.deepEqual(
    await outcomeWithin(60_000, async () => {
      throw error
    }),
    { error },
  )
})

// With a timer that does not keep the process alive, it ended here without having said anything.
test('work that never ends, and keeps nothing alive, is late; it is told, and left behind', async () => {
  let told: AbortSignal | undefined
  const outcome = await outcomeWithin(20, async (signal) => {
    told = signal
    return new Promise<never>(() => {})
  })
  assert.ok('error' in outcome && outcome.error instanceof Error)
  assert.equal(outcome.error.name, 'TooLateError')
  assert.equal(told?.aborted, true)
})
