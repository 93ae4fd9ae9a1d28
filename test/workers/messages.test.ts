import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fromWorker, toWorker } from '../../src/workers/messages.ts'
import { end, recorderOf } from '../metrics/recorder-of.ts'

const TOKEN = { id: 1, value: 'token', lifetimeMs: 1000, ageMs: 0 }

test('what the processes say passes JSON and is known again', () => {
  for (const message of [
    { type: 'start', tls: null },
    { type: 'start', tls: { cert: 'c', key: 'k', ticketKeys: 't' } },
    { type: 'token', token: TOKEN },
    { type: 'token-failure', failure: { name: 'Error', code: null } },
    { type: 'answer', request: 1, token: TOKEN, failure: null },
    { type: 'crew', notReady: 'not all workers listen yet' },
    { type: 'tls', tls: { cert: 'c', key: 'k', ticketKeys: 't' } },
    { type: 'drain' },
  ]) {
    assert.deepEqual(toWorker(JSON.parse(JSON.stringify(message))), message)
    assert.equal(fromWorker(message), undefined)
  }
  const recorder = recorderOf({ tokens: () => ({ current: undefined, ageMs: () => 0 }) })
  end(recorder, 'GET', '/v2/team/app/manifests/1', { ms: 5 })
  const window: unknown = JSON.parse(JSON.stringify(recorder.take()))
  for (const message of [
    { type: 'hello' },
    { type: 'leaving' },
    { type: 'ask', request: 1, what: 'renew', refused: 1 },
    { type: 'numbers', window },
  ]) {
    assert.deepEqual(fromWorker(JSON.parse(JSON.stringify(message))), message)
    assert.equal(toWorker(message), undefined)
  }
})

test('anything else on the channel is no message', () => {
  for (const message of [
    undefined,
    null,
    'drain',
    {},
    { type: 'unknown' },
    { type: 'token' },
    { type: 'token', token: { ...TOKEN, lifetimeMs: '1000' } },
    { type: 'tls', tls: null },
    { type: 'ask', request: -1, what: 'renew', refused: 1 },
    { type: 'ask', request: 1, what: 'steal', refused: 1 },
    { type: 'numbers', window: {} },
    { type: 'numbers', window: { ...recorderOf().take(), inFlight: '1' } },
    { type: 'numbers', window: { ...recorderOf().take(), repositories: [{ repository: 'a' }] } },
  ]) {
    assert.equal(toWorker(message), undefined)
    assert.equal(fromWorker(message), undefined)
  }
})
