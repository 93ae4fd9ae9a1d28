// docs/request-handling.md: 1
// Node leaves a connection to its listeners when the TLS handshake takes too long, and an answer cannot be written to it: a
// client that connected and said nothing kept its connection, and its descriptor, for ever. So did one that sent half of a
// head, was told 408, and did not close.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import http from 'node:http'
import https from 'node:https'
import { type AddressInfo, connect, type Server, Socket } from 'node:net'
import { type TestContext, test } from 'node:test'
import { MALFORMED_CLOSE_MS } from '../../src/limits.ts'
import { answerMalformed } from '../../src/server.ts'
import { makeCertificates } from '../support/certificates.ts'
import { until } from '../support/until.ts'

/** A client of a server that answers as the proxy does; both are gone with the test. */
async function connected(t: TestContext, server: http.Server): Promise<Socket> {
  server.on('clientError', answerMalformed)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.after(() => server.close())
  const { port }: AddressInfo = Object(server.address())
  const client = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  t.after(() => client.destroy())
  await once(client, 'connect')
  return client
}

/** How many connections a server holds. */
async function held(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.getConnections((error, count) => (error === null ? resolve(count) : reject(error)))
  })
}

test('a client that begins no TLS handshake is closed', async (t) => {
  const { cert, key } = await makeCertificates(['localhost'])
  const server = https.createServer({ cert, key, handshakeTimeout: 200 })
  const client = await connected(t, server)
  await once(client.resume(), 'end')
  assert.equal(await held(server), 0)
})

test('a client that is told 408 and does not close is closed', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const server = http.createServer({ headersTimeout: 200, connectionsCheckingInterval: 50 })
  const client = await connected(t, server)
  const refused = once(server, 'clientError')
  client.write('GET /v2/ HTTP/1.1\r\n')
  let answer = ''
  client.on('data', (bytes: Buffer) => (answer += bytes.toString()))
  const [, socket]: (Error | Socket)[] = await refused
  assert.ok(socket instanceof Socket)
  await once(client, 'end')
  assert.match(answer, /^HTTP\/1\.1 408 /)
  t.mock.timers.tick(MALFORMED_CLOSE_MS - 1)
  assert.equal(socket.destroyed, false)
  t.mock.timers.tick(1)
  await until(() => socket.destroyed, 'the end of the connection')
})
