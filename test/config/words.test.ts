import assert from 'node:assert/strict'
import { test } from 'node:test'
import { load } from './environment.ts'

for (const level of ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']) {
  test(`LOG_LEVEL=${level}`, () => assert.equal(load({ LOG_LEVEL: level }).LOG_LEVEL, level))
}

for (const name of ['TLS_CERTIFICATE', 'TLS_PRIVATE_KEY', 'HOST', 'DEBUG_HOST']) {
  test(`an empty ${name} is an unset one`, () => {
    assert.deepEqual(load({ [name]: '' }), load())
  })
}
