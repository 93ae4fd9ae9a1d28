import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mock, test } from 'node:test'
import { promisify } from 'node:util'
import { systemClock } from '../src/clock.ts'

test('a corrected time of day does not move the clock', (t) => {
  const before = systemClock.now()
  mock.timers.enable({ apis: ['Date'], now: 0 })
  t.after(() => mock.timers.reset())
  const moved = systemClock.now() - before
  assert.ok(moved >= 0 && moved < 10_000, `${moved} ms`)
})

test('a timer calls back once, after its time', async () => {
  // A timer of the clock keeps nothing alive, not even this test.
  const alive = setInterval(() => {}, 1000)
  const startedAt = systemClock.now()
  await new Promise<void>((resolve) => systemClock.after(20, resolve))
  clearInterval(alive)
  assert.ok(systemClock.now() - startedAt >= 19)
})

test('a timer that was cancelled does not call back', async () => {
  let called = false
  const cancel = systemClock.after(1, () => {
    called = true
  })
  cancel()
  // Timers of later times are called later.
  await new Promise((resolve) => setTimeout(resolve, 20))
  assert.equal(called, false)
})

test('a timer does not keep the process alive', async () => {
  const clock = new URL('../src/clock.js', import.meta.url).href
  const script = `import { systemClock } from '${clock}'; systemClock.after(600_000, () => {})`
  await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], { timeout: 30_000 })
})
