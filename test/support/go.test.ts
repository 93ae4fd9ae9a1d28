import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isNewEnough } from './go.ts'

test("Debian 12's Go is too old, and 1.24 is not", () => {
  assert.equal(isNewEnough('go version go1.19.8 linux/amd64'), false)
  assert.equal(isNewEnough('go version go1.24.0 linux/amd64'), true)
  assert.equal(isNewEnough('go version devel'), false)
})
