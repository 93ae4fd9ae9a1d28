import assert from 'node:assert/strict'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { type TestContext, test } from 'node:test'
import type { buildConnector } from 'undici'
import { HeadWriter } from '../../src/upstream/head-writer.ts'
import { send } from '../support/http-client.ts'
import { header, startPair, upstreamRequests } from '../support/pair.ts'
import { until } from '../support/until.ts'

const LINE = Buffer.from('Authorization: Basic QVdTOnRva2Vu\r\n')
const HEAD = 'GET /v2/ HTTP/1.1\r\nhost: upstream\r\n\r\n'
const TO: buildConnector.Options = { hostname: '127.0.0.1', protocol: 'http:', port: '80' }

/** A connection whose heads `heads` writes, and what has come out at its other end. */
async function connection(t: TestContext, heads: HeadWriter): Promise<{ socket: Socket; received: () => string }> {
  let text = ''
  const server = createServer((peer) => peer.setEncoding('latin1').on('data', (chunk: string) => (text += chunk)))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const connector = heads.over((_options, callback) => {
    const socket = connect(port, '127.0.0.1', () => callback(null, socket))
  })
  const socket = await new Promise<Socket>((resolve, reject) =>
    connector(TO, (...[error, connected]) => (error === null ? resolve(connected) : reject(error))),
  )
  t.after(() => {
    socket.destroy()
    server.close()
  })
  return { socket, received: () => text }
}

test('the next head has the line at its end, and what follows is left as it is', async (t) => {
  const heads = new HeadWriter()
  const { socket, received } = await connection(t, heads)
  heads.next(LINE)
  let written = false
  socket.write(HEAD, 'latin1')
  socket.write(Buffer.from('a body\r\n\r\n'))
  socket.write('caf\u00e9\r\n\r\n', 'latin1', () => (written = true))
  const expected = `GET /v2/ HTTP/1.1\r\nhost: upstream\r\n${LINE.toString()}\r\na body\r\n\r\ncaf\u00e9\r\n\r\n`
  await until(() => received().length >= expected.length, 'all bytes')
  assert.equal(received(), expected)
  assert.ok(written)
})

test('each head has its own line, whichever connection it goes over', async (t) => {
  const heads = new HeadWriter()
  const [one, other] = [await connection(t, heads), await connection(t, heads)]
  for (const [{ socket }, line] of [
    [one, 'A: 1\r\n'],
    [other, 'A: 2\r\n'],
    [one, 'A: 3\r\n'],
  ] as const) {
    heads.next(Buffer.from(line))
    socket.write(HEAD, 'latin1')
  }
  await until(() => received(one) === '1,3' && received(other) === '2', 'the lines')
})

function received({ received: text }: { received: () => string }): string {
  return [...text().matchAll(/^A: (\d)\r$/gm)].map(([, number]) => number).join()
}

test('what is no whole head is not written, and the next one is', async (t) => {
  const heads = new HeadWriter()
  const { socket, received } = await connection(t, heads)
  heads.next(LINE)
  assert.throws(() => socket.write('GET /v2/ HTTP/1.1\r\n', 'latin1'), /did not write the head/)
  heads.next(LINE)
  socket.write(HEAD, 'latin1')
  await until(() => received().endsWith('\r\n\r\n'), 'the head')
  assert.equal(received().match(/GET/g)?.length, 1)
})

test('a connection that could not be made is an error', async () => {
  const heads = new HeadWriter()
  const refused = new Error('refused')
  const connector = heads.over((_options, callback) => callback(refused, null))
  const outcome = await new Promise((resolve) => connector(TO, (...answer) => resolve(answer)))
  assert.deepEqual(outcome, [refused, null])
})

test('a pull reaches ECR with the token, and nobody who listens to undici sees it', async (t) => {
  const { simulator, proxy } = await startPair(t)
  const seen: string[] = []
  const listener = (message: unknown): void => {
    if (typeof message === 'object' && message !== null && 'headers' in message) seen.push(String(message.headers))
  }
  subscribe('undici:client:sendHeaders', listener)
  t.after(() => unsubscribe('undici:client:sendHeaders', listener))
  simulator.store.addManifest('team/app', '{}', 'application/vnd.oci.image.manifest.v1+json', 'v1')
  assert.equal((await send(proxy, 'GET', '/v2/team/app/manifests/v1')).status, 200)
  const ofTheUpstream = seen.filter((head) => head.includes(`host: ${simulator.registryHost}\r\n`))
  assert.equal(ofTheUpstream.length, 1)
  assert.doesNotMatch(ofTheUpstream.join(), /authorization/i)
  const [{ rawHeaders } = { rawHeaders: [] }] = upstreamRequests(simulator)
  assert.match(header(rawHeaders, 'authorization') ?? '', /^Basic [A-Za-z0-9+/=]+$/)
})

test('requests over one kept connection have each the token of their time', async (t) => {
  const { simulator, proxy } = await startPair(t)
  simulator.store.addManifest('team/app', '{}', 'application/vnd.oci.image.manifest.v1+json', 'v1')
  const pull = async (): Promise<void> => {
    assert.equal((await send(proxy, 'GET', '/v2/team/app/manifests/v1')).status, 200)
  }
  await pull()
  const { current } = proxy.app.ecrTokens
  assert.ok(current !== undefined)
  await proxy.app.ecrTokens.renew(current)
  await pull()
  const seen = upstreamRequests(simulator)
  assert.equal(new Set(seen.map(({ rawHeaders }) => header(rawHeaders, 'authorization'))).size, 2)
  assert.equal(proxy.app.forwarder.poolNumbers().connected, 1)
})
