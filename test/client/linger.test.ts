// docs/request-handling.md: 21
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { endAnswer } from '../../src/client/linger.ts'
import { CLIENT_IDLE_MS } from '../../src/limits.ts'
import { HeldSocket } from '../support/held-socket.ts'
import { callWith } from './fake-call.ts'

// Only a body on its way was watched. A client that asked and asked and took no answer kept its connection for ever.
test('a client that does not take an answer is cut', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const call = callWith({})
  const { outgoing } = call
  outgoing.assignSocket(new HeldSocket())
  outgoing.writeHead(200)
  endAnswer(call)
  t.mock.timers.tick(CLIENT_IDLE_MS - 1)
  assert.equal(outgoing.destroyed, false)
  t.mock.timers.tick(2)
  assert.equal(outgoing.destroyed, true)
})

test('a client that takes an answer keeps its connection', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const call = callWith({})
  const { outgoing } = call
  const socket = new HeldSocket()
  outgoing.assignSocket(socket)
  outgoing.writeHead(200)
  endAnswer(call)
  const finished = once(outgoing, 'finish')
  for (const done of socket.taken) done()
  await finished
  // What Node's server does next.
  outgoing.detachSocket(socket)
  outgoing.emit('close')
  t.mock.timers.tick(CLIENT_IDLE_MS + 1)
  assert.equal(socket.destroyed, false)
})

test('an answer that waits its turn is watched from its turn on', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const call = callWith({})
  const { outgoing } = call
  outgoing.writeHead(200)
  endAnswer(call)
  t.mock.timers.tick(CLIENT_IDLE_MS + 1)
  assert.equal(outgoing.destroyed, false)
  outgoing.assignSocket(new HeldSocket())
  t.mock.timers.tick(CLIENT_IDLE_MS + 1)
  assert.equal(outgoing.destroyed, true)
})
