import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MEMORY_READING_MS } from '../../src/limits.ts'
import { rememberMemoryUsage } from '../../src/shedding/memory-usage.ts'

test('memory is read anew only when the last figures are old enough', (t) => {
  const { memoryUsage } = process
  t.after(() => {
    process.memoryUsage = memoryUsage
  })
  let now = 1000
  rememberMemoryUsage(() => now)
  const first = process.memoryUsage()
  now += MEMORY_READING_MS - 1
  assert.equal(process.memoryUsage(), first)
  now += 1
  const second = process.memoryUsage()
  assert.notEqual(second, first)
  assert.equal(process.memoryUsage(), second)
  assert.ok(process.memoryUsage.rss() > 0)
})
