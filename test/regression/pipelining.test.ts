// docs/request-handling.md: 16, 22
// Node tells only the first answer of a connection that the connection has closed. A client that sent several requests
// at once and left kept the others: their upstream requests went on, a paused one for ever, and they stayed in flight.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TLSSocket } from 'node:tls'
import { RawClient } from '../support/raw-client.ts'
import { startScripted } from '../support/scripted-upstream.ts'
import { until } from '../support/until.ts'

const SIZE = 4 * 1024 * 1024

test('a client that leaves takes all of its pipelined requests with it', async (t) => {
  let open = 0
  let asked = 0
  const proxy = await startScripted(t, (socket, head) => {
    asked += 1
    open += 1
    socket.once('close', () => {
      open -= 1
    })
    if (head.includes('/large/')) socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${SIZE}\r\n\r\n${'x'.repeat(SIZE)}`)
  })
  const client = await RawClient.connect(t, proxy)
  for (const name of ['silent', 'waiting', 'large']) {
    client.write(`GET /v2/${name}/manifests/1 HTTP/1.1\r\nHost: localhost\r\n\r\n`)
  }
  await until(() => asked === 3, 'three requests upstream')
  client.socket.destroy()
  await until(() => proxy.app.drain.inFlight === 0, 'the end of the requests here')
  await until(() => open === 0, 'the end of the requests upstream')
  const lines = proxy.log.filter(({ msg }) => msg === 'request')
  assert.deepEqual(
    lines.map(({ aborted }) => aborted),
    [true, true, true],
  )
})

// Node 24 gave an answer that had broken off while it waited its turn on the connection, and those behind it waited for ever.
test('an answer that breaks off before its turn ends its connection at its turn', async (t) => {
  let first: TLSSocket | undefined
  let asked = 0
  const proxy = await startScripted(t, (socket, head) => {
    asked += 1
    if (head.includes('/first/')) first = socket
    if (head.includes('/broken/')) socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf')
  })
  const client = await RawClient.connect(t, proxy)
  for (const name of ['first', 'broken', 'behind']) {
    client.write(`GET /v2/${name}/manifests/1 HTTP/1.1\r\nHost: localhost\r\n\r\n`)
  }
  await until(() => asked === 3, 'three requests upstream')
  await until(() => proxy.app.forwarder.poolNumbers().running === 2, 'the end of the one that broke off')
  first?.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
  assert.equal((await client.answer()).body, 'ok')
  await until(() => client.closed, 'the end of the connection')
  await until(() => proxy.app.drain.inFlight === 0, 'the end of the one behind')
})

// What told of a closed connection was the end of the request, which a request whose body was read has before its turn.
test('a pipelined request with a body is answered at its turn', async (t) => {
  const proxy = await startScripted(t, (socket, head) => {
    const status = head.startsWith('PUT') ? '201 Created' : '200 OK'
    setTimeout(() => socket.write(`HTTP/1.1 ${status}\r\nContent-Length: 0\r\n\r\n`), head.startsWith('PUT') ? 0 : 50)
  })
  const client = await RawClient.connect(t, proxy)
  client.write('GET /v2/a/manifests/1 HTTP/1.1\r\nHost: localhost\r\n\r\n')
  client.write('PUT /v2/a/manifests/1 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}')
  assert.equal((await client.answer()).status, 200)
  assert.equal((await client.answer()).status, 201)
})

test('a client that leaves while the body of a pipelined upload is on its way leaves nothing in flight', async (t) => {
  let asked = 0
  const proxy = await startScripted(t, () => {
    asked += 1
  })
  const client = await RawClient.connect(t, proxy)
  client.write('GET /v2/a/manifests/1 HTTP/1.1\r\nHost: localhost\r\n\r\n')
  client.write('PATCH /v2/a/blobs/uploads/1 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nhalf')
  await until(() => asked >= 2, 'two requests upstream')
  client.socket.destroy()
  await until(() => proxy.app.drain.inFlight === 0, 'the end of both')
})

test('pipelined requests are answered in their order', async (t) => {
  const proxy = await startScripted(t, (socket, head) => {
    const name = head.split('/')[2] ?? ''
    // The first answer comes last.
    setTimeout(() => socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n${name}`), name === 'a' ? 50 : 0)
  })
  const client = await RawClient.connect(t, proxy)
  for (const name of ['a', 'b', 'c']) {
    client.write(`GET /v2/${name}/manifests/1 HTTP/1.1\r\nHost: localhost\r\n\r\n`)
  }
  const bodies: string[] = []
  for (let i = 0; i < 3; i += 1) bodies.push((await client.answer()).body)
  assert.deepEqual(bodies, ['a', 'b', 'c'])
})
