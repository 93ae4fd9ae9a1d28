import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import type { Writable } from 'node:stream'
import { type TestContext, test } from 'node:test'
import { createSecureContext, TLSSocket } from 'node:tls'
import { UPSTREAM_HEAD_MS } from '../../src/limits.ts'
import type { Exchange } from '../../src/upstream/exchange.ts'
import { sendAlone } from '../../src/upstream/own-connection.ts'
import { makeCertificates } from '../support/certificates.ts'
import { simulatorConnector } from '../support/simulator-connector.ts'

const HOST = 'registry.example'
const REFUSAL = 'HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}'

interface Upload {
  exchange: Exchange
  /** The request's body. */
  out: Writable
  /** The upstream's end of the connection, and what TLS is spoken over. */
  upstream: TLSSocket
  transport: Socket
}

/** An upload whose head and first bytes have come to the upstream. */
async function begun(t: TestContext): Promise<Upload> {
  const { ca, cert, key } = await makeCertificates([HOST])
  const secureContext = createSecureContext({ cert, key })
  const server = createServer().listen(0, '127.0.0.1')
  t.after(() => server.close())
  await once(server, 'listening')
  const address = server.address()
  const registryPort = typeof address === 'object' && address !== null ? address.port : 0
  const connected = once(server, 'connection')
  const request = {
    method: 'PATCH',
    path: '/v2/team/app/blobs/uploads/1',
    headers: ['Transfer-Encoding', 'chunked'],
    authorization: { value: 'Basic token', line: Buffer.from('Authorization: Basic token\r\n') },
    body: null,
    silenceMs: UPSTREAM_HEAD_MS,
  }
  let out: Writable | undefined
  const stream = {
    sendTo: (to: Writable): void => {
      out = to
      out.write('a part of a layer')
    },
    stop: (): void => {},
  }
  const exchange = sendAlone(HOST, simulatorConnector({ registryPort, ca }), request, stream)
  const [transport] = await connected
  assert.ok(transport)
  const upstream = new TLSSocket(transport, { isServer: true, secureContext })
  await once(upstream, 'data')
  assert.ok(out)
  return { exchange, out, upstream, transport }
}

// Node gives up a connection with the first write that fails, and with it what has come and was not read yet.
test('an answer that came before the connection was reset is read, though a write fails first', async (t) => {
  const { exchange, out, upstream, transport } = await begun(t)
  await new Promise((resolve) => upstream.write(REFUSAL, resolve))
  transport.resetAndDestroy()
  out.write('another')
  assert.equal((await exchange.head).status, 404)
  assert.equal(String(await exchange.body(1024)), '{}')
})

test('a connection that is reset without an answer is an error', async (t) => {
  const { exchange, out, transport } = await begun(t)
  transport.resetAndDestroy()
  out.write('another')
  await assert.rejects(exchange.head, { code: 'ECONNRESET' })
})
