import assert from 'node:assert/strict'
import { test } from 'node:test'
import { buildApp } from '../../src/app.ts'
import { load, problemsOf } from './environment.ts'

const EXPECTED = 'expected IP addresses or CIDR ranges, separated by commas, such as 10.0.0.0/8'

for (const value of [
  '10.0.0.0/8',
  '::1',
  '::/1',
  '::/128',
  'fd00::/8,10.0.0.0/8',
  '10.0.0.1/32',
  '::ffff:10.0.0.1',
  'fe80::1%eth0',
  'fe80::1%eth0/64',
]) {
  test(`TRUST_PROXY=${value} is what the server takes, too`, async () => {
    const app = await buildApp(load({ TRUST_PROXY: value, LOG_LEVEL: 'silent' }))
    await app.close()
  })
}

for (const value of [
  '1',
  'true',
  '10.0.0.0/33',
  'fd00::/129',
  '10.0.0.0/x',
  '10.0.0.0/',
  '10.0.0.1,',
  'loopback',
  'x10.0.0.0/8',
  'x/10.0.0.0/8',
  '10.0.0.0/8x',
  '10.0.0.0/0008',
  'fe80::1%br-lan',
]) {
  test(`TRUST_PROXY=${value} is refused`, () => {
    assert.deepEqual(problemsOf({ TRUST_PROXY: value }), [
      `TRUST_PROXY: "${value}" is no list of addresses; ${EXPECTED}`,
    ])
  })
}

// These passed the check, and then the server's own reader ended the start with a stack trace.
for (const value of ['10.0.0.0/8/9', '0.0.0.0/0', '::/0']) {
  test(`TRUST_PROXY=${value} is refused in a line`, () => {
    assert.deepEqual(problemsOf({ TRUST_PROXY: value }), [
      `TRUST_PROXY: "${value}" is no list of addresses; ${EXPECTED}`,
    ])
  })
}
