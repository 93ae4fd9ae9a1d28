import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingMessage, request } from 'node:http'
import type { Socket } from 'node:net'
import { type TestContext, test } from 'node:test'
import { Signpost } from './signpost.ts'

async function signpostFor(t: TestContext): Promise<Signpost> {
  const server = createServer((_request, response) => response.end('there')).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const signpost = await Signpost.start(new Map([['registry.example.com', port]]))
  t.after(() => signpost.close())
  return signpost
}

async function connectTo(signpost: Signpost, path: string): Promise<[IncomingMessage, Socket]> {
  return new Promise((resolve, reject) => {
    const sent = request(signpost.url, { method: 'CONNECT', path }).once('error', reject)
    sent.once('connect', (response, socket) => resolve([response, socket])).end()
  })
}

test('a name that it knows leads to its port, whatever port was asked for', async (t) => {
  const signpost = await signpostFor(t)
  const [{ statusCode }, socket] = await connectTo(signpost, 'registry.example.com:8443')
  assert.equal(statusCode, 200)
  socket.write('GET / HTTP/1.1\r\nHost: registry.example.com\r\nConnection: close\r\n\r\n')
  const chunks: Buffer[] = []
  for await (const chunk of socket) chunks.push(chunk)
  assert.match(Buffer.concat(chunks).toString(), /^HTTP\/1.1 200 [^]*there/)
})

test('any other name leads nowhere', async (t) => {
  const [{ statusCode }, socket] = await connectTo(await signpostFor(t), 'elsewhere.example.com:443')
  assert.equal(statusCode, 502)
  socket.destroy()
})
