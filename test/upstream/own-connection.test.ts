import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { UploadStalledError } from '../../src/client/upload-body.ts'
import { UPSTREAM_IDLE_MS } from '../../src/limits.ts'
import type { Exchange } from '../../src/upstream/exchange.ts'
import { sendAlone } from '../../src/upstream/own-connection.ts'
import { errors } from '../../src/upstream/undici.ts'
import { HeldSocket } from '../support/held-socket.ts'

const SILENCE_MS = 5 * UPSTREAM_IDLE_MS

/** A manifest that is sent again, by itself, with time standing still. */
function sent(t: TestContext): { exchange: Exchange; socket: HeldSocket; failure: () => unknown } {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const socket = new HeldSocket()
  const request = {
    method: 'PUT',
    path: '/v2/team/app/manifests/v1',
    headers: ['Content-Length', '2'],
    authorization: { value: 'Basic token', line: Buffer.from('Authorization: Basic token\r\n') },
    body: Buffer.from('{}'),
    silenceMs: SILENCE_MS,
  }
  const exchange = sendAlone('registry', (_options, connected) => connected(null, socket), request, undefined)
  let failure: unknown
  exchange.head.catch((error: unknown) => {
    failure = error
  })
  return { exchange, socket, failure: () => failure }
}

// The wait for the answer began when the body had been taken, and the wait for that had no end.
test('a manifest that the upstream does not take is given up', async (t) => {
  const { failure } = sent(t)
  await turn()
  t.mock.timers.tick(UPSTREAM_IDLE_MS - 1)
  await turn()
  assert.equal(failure(), undefined)
  t.mock.timers.tick(1)
  await turn()
  assert.ok(failure() instanceof UploadStalledError)
})

test('from then on that it has been taken, its answer has its own time', async (t) => {
  const { socket, failure } = sent(t)
  await turn()
  t.mock.timers.tick(UPSTREAM_IDLE_MS - 1)
  for (const done of socket.taken.splice(0)) done()
  await turn()
  t.mock.timers.tick(SILENCE_MS - 1)
  await turn()
  assert.equal(failure(), undefined)
  t.mock.timers.tick(1)
  await turn()
  assert.ok(failure() instanceof errors.HeadersTimeoutError)
})

// Node reports neither an answer nor an error for the one, and takes the other for an answer.
for (const [what, head] of [
  [
    'an upgrade that nobody asked for',
    'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: foo\r\n\r\n',
  ],
  ['a 101 that upgrades nothing', 'HTTP/1.1 101 Switching Protocols\r\n\r\n'],
  ['a status that is none', 'HTTP/1.1 000 None\r\nContent-Length: 0\r\n\r\n'],
] as const) {
  test(`${what} is a failure of the upstream`, async (t) => {
    const { socket, failure } = sent(t)
    await turn()
    for (const done of socket.taken.splice(0)) done()
    socket.push(head)
    for (let i = 0; i < 5 && failure() === undefined; i++) await turn()
    assert.ok(failure() instanceof errors.SocketError)
  })
}
