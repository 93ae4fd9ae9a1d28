import assert from 'node:assert/strict'
import { test } from 'node:test'
import { profileWindowMs } from '../../src/debug/window.ts'

test('a window is a whole number of seconds from 1 to 300, or the default', () => {
  assert.equal(profileWindowMs(undefined, 30), 30_000)
  assert.equal(profileWindowMs('1', 30), 1000)
  assert.equal(profileWindowMs('300', 30), 300_000)
  for (const wrong of ['0', '301', '-1', '1.5', '1e2', ' 5', '', 'ten', '99999999999999999999', ['5', '6'], 5]) {
    assert.throws(() => profileWindowMs(wrong, 30), {
      name: 'DebugRefusal',
      status: 400,
      message: 'seconds has to be a whole number from 1 to 300',
    })
  }
})
