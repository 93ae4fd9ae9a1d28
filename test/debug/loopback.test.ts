import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isLoopback, isOwnName } from '../../src/debug/loopback.ts'

test('loopback is 127.0.0.0/8 and ::1, and nothing that only looks like it', () => {
  for (const address of ['127.0.0.1', '127.8.9.10', '::1', '::ffff:127.0.0.1']) assert.ok(isLoopback(address), address)
  for (const address of [
    '0.0.0.0',
    '::',
    '10.0.0.1',
    '128.0.0.1',
    '1.127.0.0.1',
    '127.0.0.1.example.com',
    'fe80::1',
    '::1:2',
  ]) {
    assert.ok(!isLoopback(address), address)
  }
})

test('this machine is named localhost, 127.0.0.1 or [::1], with any port or none', () => {
  for (const host of ['localhost', 'LOCALHOST:6060', '127.0.0.1', '127.0.0.1:6060', '[::1]', '[::1]:1']) {
    assert.ok(isOwnName(host, '127.0.0.1'), host)
  }
  for (const host of [
    undefined,
    '',
    'localhost.example.com',
    'not-localhost',
    'example.com',
    'localhost:6060:1',
    '127.0.0.1.example.com:6060',
    'localhost@example.com',
    '::1',
    'localhost:port',
  ]) {
    assert.ok(!isOwnName(host, '127.0.0.1'), host)
  }
})

test('another address of loopback has its own name, too', () => {
  assert.ok(isOwnName('127.0.0.2:6060', '127.0.0.2'))
  assert.ok(isOwnName('127.0.0.2', '127.0.0.2'))
  assert.ok(isOwnName('localhost:6060', '127.0.0.2'))
  assert.ok(!isOwnName('127.0.0.2.example.com:6060', '127.0.0.2'))
  assert.ok(!isOwnName('127.0.0.3:6060', '127.0.0.2'))
})
