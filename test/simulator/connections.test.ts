import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { connect } from 'node:tls'
import { keepAliveAgent, open, replyTo, simulatorFor } from './client.ts'

test('HTTP/1.1 is all that it speaks', async (t) => {
  const { registryPort: port, registryHost: servername, ca } = await simulatorFor(t)
  const socket = connect({ host: '127.0.0.1', port, servername, ca, ALPNProtocols: ['h2', 'http/1.1'] })
  await once(socket, 'secureConnect')
  assert.equal(socket.alpnProtocol, 'http/1.1')
  socket.destroy()
})

test('a connection is kept and used again, without a Keep-Alive header', async (t) => {
  const simulator = await simulatorFor(t)
  const agent = keepAliveAgent(t)
  for (const method of ['GET', 'HEAD', 'GET']) {
    const sent = open(simulator, method, '/v2/', { agent })
    sent.end()
    const { headers } = await replyTo(sent)
    assert.equal(headers.connection, 'keep-alive')
    assert.equal('keep-alive' in headers, false)
  }
  const connections = simulator.requests.map(({ connection }) => connection)
  assert.deepEqual([connections.length, new Set(connections).size], [3, 1])
})

test('a body that nobody reads does not stop the next request', async (t) => {
  const simulator = await simulatorFor(t)
  const agent = keepAliveAgent(t)
  const large = open(simulator, 'PUT', '/nowhere', { agent })
  large.end(Buffer.alloc(1_000_000))
  assert.equal((await replyTo(large)).status, 404)
  const next = open(simulator, 'GET', '/v2/', { agent })
  next.end()
  assert.equal((await replyTo(next)).status, 200)
})

test('every answer can close its connection', async (t) => {
  const simulator = await simulatorFor(t, { behaviour: { connectionClose: true } })
  const agent = keepAliveAgent(t)
  for (let count = 0; count < 2; count += 1) {
    const sent = open(simulator, 'GET', '/v2/', { agent })
    sent.end()
    assert.equal((await replyTo(sent)).headers.connection, 'close')
  }
  const [first, second] = simulator.requests
  assert.notEqual(first?.connection, second?.connection)
})

test('an idle connection is closed after a time of its own', async (t) => {
  const simulator = await simulatorFor(t, { behaviour: { keepAliveTimeoutMs: 50 } })
  const sent = open(simulator, 'GET', '/v2/', { agent: keepAliveAgent(t) })
  sent.end()
  await once(sent, 'socket')
  const { socket } = sent
  assert.ok(socket)
  const closed = once(socket, 'close')
  await replyTo(sent)
  const start = performance.now()
  await closed
  assert.ok(performance.now() - start < 1_000)
})
