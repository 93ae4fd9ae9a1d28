import assert from 'node:assert/strict'
import { test } from 'node:test'
import { errorBody, RegistryError } from '../../src/registry/errors.ts'

test('a registry error is JSON with a line break at its end', () => {
  const body = errorBody('NAME_UNKNOWN', 'a "quoted" text\n')
  assert.equal(body, '{"errors":[{"code":"NAME_UNKNOWN","message":"a \\"quoted\\" text\\n"}]}\n')
})

test('an error knows its status, its code, when to come back, and its cause', () => {
  const cause = new Error('why')
  const error = new RegistryError(503, 'UNAVAILABLE', 'later', { retryAfterSeconds: 5, cause })
  const { name, message, status, code, retryAfterSeconds } = error
  assert.deepEqual(
    { name, message, status, code, retryAfterSeconds, cause: error.cause },
    {
      name: 'RegistryError',
      message: 'later',
      status: 503,
      code: 'UNAVAILABLE',
      retryAfterSeconds: 5,
      cause,
    },
  )
})

test('an error without a cause has no such property', () => {
  assert.equal('cause' in new RegistryError(404, 'NAME_UNKNOWN', 'x'), false)
})
