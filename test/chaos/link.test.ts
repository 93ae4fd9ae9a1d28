import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { test, type TestContext } from 'node:test'
import { until } from '../support/until.ts'
import { Link } from './link.ts'

interface End {
  socket: Socket
  received: () => string
  ended: () => boolean
  error: () => string | undefined
}

interface Line {
  link: Link
  client: End
  server: End
}

/** A connection through a link, with both of its ends. */
async function lineFor(t: TestContext, before: (link: Link) => void = () => {}): Promise<Line> {
  const listener = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const address = listener.address()
  const link = await Link.open(typeof address === 'object' && address !== null ? address.port : 0)
  t.after(async () => {
    await link.close()
    listener.close()
  })
  before(link)
  const accepted = once(listener, 'connection')
  const client = endOf(connect({ port: link.port, host: link.host, allowHalfOpen: true }))
  const [socket]: Socket[] = await accepted
  assert.ok(socket)
  const server = endOf(socket)
  t.after(() => {
    client.socket.destroy()
    socket.destroy()
  })
  return { link, client, server }
}

function endOf(socket: Socket): End {
  let received = ''
  let error: string | undefined
  socket.setEncoding('latin1')
  socket.on('data', (text: string) => (received += text))
  socket.on('error', ({ code }: NodeJS.ErrnoException) => (error = code))
  return { socket, received: () => received, ended: () => socket.readableEnded, error: () => error }
}

async function roundTripMs({ client, server }: Line): Promise<number> {
  const startedAt = performance.now()
  const before = server.received().length
  client.socket.write('question')
  await until(() => server.received().length === before + 8, 'the question')
  server.socket.write('answer')
  await until(() => client.received().endsWith('answer'), 'the answer')
  return performance.now() - startedAt
}

test('without a fault, bytes and both FINs pass', async (t) => {
  const line = await lineFor(t)
  await roundTripMs(line)
  line.client.socket.end()
  await until(() => line.server.ended(), 'the FIN upwards')
  line.server.socket.end('more')
  await until(() => line.client.ended(), 'the FIN downwards')
  assert.equal(line.client.received(), 'answermore')
  await until(() => line.link.connections === 0, 'the end of the connection')
  assert.equal(line.link.hits, 0)
})

test('a delay holds up each direction, and keeps the order', async (t) => {
  const line = await lineFor(t)
  line.link.shape({ delayMs: 60, jitterMs: 40 })
  assert.ok((await roundTripMs(line)) >= 119)
  for (let i = 0; i < 20; i += 1) line.client.socket.write(String.fromCharCode(97 + i))
  await until(() => line.server.received().length === 28, 'all of it')
  assert.equal(line.server.received(), 'questionabcdefghijklmnopqrst')
  assert.ok(line.link.hits > 0)
})

test('a narrow line passes as many bytes a second as it is wide', async (t) => {
  const { link, client, server } = await lineFor(t)
  link.shape({ bytesPerSecond: 100_000 }, ['up'])
  const startedAt = performance.now()
  client.socket.write('x'.repeat(30_000))
  await until(() => server.received().length === 30_000, 'all of it')
  const tookMs = performance.now() - startedAt
  assert.ok(tookMs > 250 && tookMs < 2500, `${tookMs} ms`)
})

test('what is held passes when it is held no more', async (t) => {
  const { link, client, server } = await lineFor(t)
  link.shape({ held: true })
  client.socket.end('held')
  await until(() => link.hits > 0, 'the first piece in the link')
  assert.equal(server.received(), '')
  link.calm()
  await until(() => server.ended(), 'the FIN')
  assert.equal(server.received(), 'held')
})

test('who goes while nothing passes is found to be gone when something does', async (t) => {
  const { link, client, server } = await lineFor(t)
  link.shape({ held: true })
  client.socket.resetAndDestroy()
  server.socket.write('anybody there?')
  await until(() => link.hits > 0, 'the question in the link')
  assert.equal(server.error(), undefined)
  link.calm()
  await until(() => server.error() === 'ECONNRESET', 'the reset')
})

// The proxy had a client for ever that had left by a FIN, and was half a minute late to end.
test('who leaves by a FIN in the middle of an answer is found to be gone as well', async (t) => {
  const { link, client, server } = await lineFor(t)
  link.shape({ held: true }, ['down'])
  server.socket.write('x'.repeat(10_000_000))
  await until(() => link.hits > 0, 'a piece of the answer in the link')
  client.socket.destroy()
  await until(() => server.ended(), 'the FIN')
  link.calm()
  await until(() => server.error() !== undefined, 'the reset')
  await until(() => link.connections === 0, 'the end of the connection')
})

test('a cut after so many bytes resets both sides, or closes half of it', async (t) => {
  const reset = await lineFor(t, (link) => link.shape({ cut: { afterBytes: 3, by: 'rst' } }, ['down']))
  reset.server.socket.write('abcdef')
  await until(() => reset.client.error(), 'the reset of the client')
  await until(() => reset.server.error(), 'the reset of the server')
  assert.deepEqual([reset.client.error(), reset.server.error()], ['ECONNRESET', 'ECONNRESET'])

  const half = await lineFor(t, (link) => link.shape({ cut: { afterBytes: 3, by: 'fin' } }, ['down']))
  half.server.socket.write('abcdef')
  await until(() => half.client.ended(), 'the FIN')
  assert.equal(half.client.received(), 'abc')
  half.client.socket.write('still here')
  await until(() => half.server.received() === 'still here', 'the half that stands')
  assert.equal(half.server.error(), undefined)
})

test('reset and refused connections, and a target that moves', async (t) => {
  const line = await lineFor(t)
  line.link.resetAll()
  await until(() => line.client.error() === 'ECONNRESET', 'the reset')
  const again = endOf(connect(line.link.port, line.link.host))
  await until(() => again.error() === 'ECONNRESET', 'the reset of a new one')
  await line.link.refuse()
  const refused = endOf(connect(line.link.port, line.link.host))
  await until(() => refused.error() === 'ECONNREFUSED', 'the refusal')
  const other = createServer((socket) => socket.end('elsewhere')).listen(0, '127.0.0.1')
  await once(other, 'listening')
  t.after(() => other.close())
  const address = other.address()
  line.link.targetPort = typeof address === 'object' && address !== null ? address.port : 0
  line.link.calm()
  await line.link.accept()
  const moved = endOf(connect(line.link.port, line.link.host))
  await until(() => moved.received() === 'elsewhere', 'the other target')
  assert.ok(line.link.hits >= 3)
})
