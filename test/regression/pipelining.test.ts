// docs/request-handling.md: 16, 22
// Node tells only the first answer of a connection that the connection has closed. A client that sent several requests
// at once and left kept the others: their upstream requests went on, a paused one for ever, and they stayed in flight.
import assert from 'node:assert/strict'
import { test } from 'node:test'
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
