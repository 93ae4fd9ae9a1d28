// docs/request-handling.md: 15, 19
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { type TestContext, test } from 'node:test'
import type { buildConnector } from 'undici'
import { freePort } from '../process/proxy-process.ts'
import { startSimulator } from '../simulator/simulator.ts'
import { replyTo } from '../simulator/client.ts'
import { open, send } from '../support/http-client.ts'
import { header, startPair, upstreamRequests } from '../support/pair.ts'
import { startProxy } from '../support/proxy.ts'
import { failureOf, MANIFEST_TYPE, startUpload, withDigest } from '../support/registry-client.ts'
import { startScripted } from '../support/scripted-upstream.ts'
import { simulatorConnector } from '../support/simulator-connector.ts'
import { until } from '../support/until.ts'
import { digestOf } from '../simulator/store.ts'

const TAGS = '/v2/team/app/tags/list'

/** A proxy whose upstream connections are made by `connector`, or lead to `port` of loopback. */
async function proxyTo(t: TestContext, to: { port: number } | { connector: buildConnector.connector }) {
  const simulator = await startSimulator()
  t.after(() => simulator.close())
  const connector = 'connector' in to ? to.connector : simulatorConnector({ registryPort: to.port, ca: simulator.ca })
  const proxy = await startProxy(simulator, { dependencies: { connector } })
  t.after(() => proxy.close())
  return proxy
}

async function listen(t: TestContext, greeting?: string): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    if (greeting !== undefined) socket.write(greeting)
    t.after(() => socket.destroy())
  }).listen(0, '127.0.0.1')
  t.after(() => server.close())
  await once(server, 'listening')
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

function assertNoAddress(body: string): void {
  assert.doesNotMatch(body, /127\.0\.0\.1|ECONN|UND_ERR|ENOTFOUND|amazonaws/)
}

async function assertFailures(proxy: { port: number }, expected: string): Promise<void> {
  const replies = await Promise.all([
    send(proxy, 'GET', TAGS),
    send(proxy, 'POST', '/v2/team/app/blobs/uploads/'),
    send(proxy, 'PATCH', '/v2/team/app/blobs/uploads/1', { body: 'layer' }),
    send(proxy, 'PATCH', '/v2/team/app/blobs/uploads/1', { body: Buffer.alloc(1_000_000) }),
  ])
  for (const reply of replies) {
    assert.equal(failureOf(reply), expected)
    assertNoAddress(reply.body)
  }
}

test('an upstream that refuses connections: 502', async (t) => {
  await assertFailures(await proxyTo(t, { port: await freePort() }), '502 UNAVAILABLE')
})

test('an upstream whose name cannot be found: 502', async (t) => {
  const error = Object.assign(new Error('getaddrinfo ENOTFOUND 1.dkr.ecr'), {
    code: 'ENOTFOUND',
    syscall: 'getaddrinfo',
  })
  const connector: buildConnector.connector = (_options, callback) => callback(error, null)
  await assertFailures(await proxyTo(t, { connector }), '502 UNAVAILABLE')
})

test('an upstream that speaks no TLS: 502', async (t) => {
  const port = await listen(t, 'HTTP/1.1 400 Bad Request\r\n\r\n')
  await assertFailures(await proxyTo(t, { port }), '502 UNAVAILABLE')
})

test('an upstream that accepts connections and says nothing: 504 when the connector gives up', async (t) => {
  await assertFailures(await proxyTo(t, { port: await listen(t) }), '504 UNAVAILABLE')
})

test('an upstream that resets every connection: 502', async (t) => {
  const { simulator, proxy } = await startPair(t)
  simulator.faults.add({ times: 100, action: { kind: 'reset-before', rst: true } })
  for (const [method, path] of [
    ['GET', TAGS],
    ['HEAD', TAGS],
    ['DELETE', '/v2/team/app/manifests/v1'],
    ['PATCH', '/v2/team/app/blobs/uploads/1'],
  ] as const) {
    const reply = await send(proxy, method, path)
    assert.equal(reply.status, 502)
    assertNoAddress(reply.body)
  }
})

test('an upstream that resets an upload in its middle: 502, and the body is not sent again', async (t) => {
  const { simulator, proxy } = await startPair(t)
  const layer = Buffer.alloc(4_000_000)
  simulator.faults.add({ method: 'PATCH', action: { kind: 'reset-after-bytes', requestBytes: 1_000_000, rst: true } })
  simulator.faults.add({ method: 'PUT', action: { kind: 'reset-after-bytes', requestBytes: 1_000_000, rst: false } })
  assert.equal(
    failureOf(await send(proxy, 'PATCH', await startUpload(proxy, 'team/app'), { body: layer })),
    '502 UNAVAILABLE',
  )
  const put = await send(proxy, 'PUT', withDigest(await startUpload(proxy, 'team/app'), digestOf(layer)), {
    body: layer,
  })
  assert.equal(failureOf(put), '502 UNAVAILABLE')
  const sent = upstreamRequests(simulator).filter(({ method }) => method !== 'POST')
  assert.equal(sent.length, 2)
  assert.ok(sent.every(({ bodyBytes }) => bodyBytes < layer.length))
})

const cutBodies: [framing: string, answer: string][] = [
  ['of known length', 'Content-Length: 1000\r\n\r\n{"name"'],
  ['in chunks', 'Transfer-Encoding: chunked\r\n\r\n7\r\n{"name"\r\n'],
  ['in the middle of a chunk', 'Transfer-Encoding: chunked\r\n\r\n70\r\n{"name"\r\n'],
]

for (const [framing, rest] of cutBodies) {
  test(`a body ${framing} that upstream cuts is a broken transfer, never a clean short one`, async (t) => {
    const proxy = await startScripted(t, (socket) => socket.end(`HTTP/1.1 200 OK\r\n${rest}`))
    const request = open(proxy, 'GET', TAGS)
    request.end()
    await assert.rejects(replyTo(request), { code: 'ECONNRESET' })
    const line = await until(() => proxy.log.find(({ msg }) => msg === 'request'), 'the access line')
    assert.equal(line['status'], 200)
    assert.equal(line['aborted'], true)
  })
}

test('a large body that upstream cuts is a broken transfer', async (t) => {
  const { simulator, proxy } = await startPair(t)
  simulator.store.addManifest('team/app', JSON.stringify({ filler: 'x'.repeat(3_000_000) }), MANIFEST_TYPE, 'v1')
  simulator.faults.add({ action: { kind: 'reset-body', bytes: 2_000_000 } })
  const request = open(proxy, 'GET', '/v2/team/app/manifests/v1')
  request.end()
  await assert.rejects(replyTo(request), { code: 'ECONNRESET' })
})

test('an error body that upstream cuts is 502', async (t) => {
  const proxy = await startScripted(t, (socket) =>
    socket.end('HTTP/1.1 404 Not Found\r\nContent-Length: 100\r\n\r\n{"errors":['),
  )
  assert.equal(failureOf(await send(proxy, 'GET', TAGS)), '502 UNAVAILABLE')
})

test('what is not HTTP is 502', async (t) => {
  const proxy = await startScripted(t, (socket) => socket.end('ICY 200 OK\r\n\r\n'))
  const reply = await send(proxy, 'GET', TAGS)
  assert.equal(failureOf(reply), '502 UNAVAILABLE')
  assertNoAddress(reply.body)
})

test('requests that cannot be sent again never go over a connection that was used before', async (t) => {
  const { simulator, proxy } = await startPair(t)
  simulator.store.createRepository('team/app')
  const location = await startUpload(proxy, 'team/app')
  await send(proxy, 'GET', TAGS)
  await send(proxy, 'PATCH', location, { body: 'layer' })
  await send(proxy, 'GET', TAGS)
  await send(proxy, 'PUT', withDigest(location, digestOf('layer')))
  await send(proxy, 'DELETE', '/v2/team/app/manifests/v1')
  const seen = upstreamRequests(simulator)
  for (const { method, connection, rawHeaders } of seen.filter(({ method }) => /PATCH|PUT|DELETE/.test(method))) {
    assert.equal(seen.filter((other) => other.connection === connection).length, 1, method)
    assert.equal(header(rawHeaders, 'connection'), 'close')
  }
  const reads = seen.filter(({ method }) => method === 'GET').map(({ connection }) => connection)
  assert.equal(new Set(reads).size, 1)
})

test('GET and POST over a connection that closes under them are sent once more, over another', async (t) => {
  const { simulator, proxy } = await startPair(t)
  simulator.store.createRepository('team/app')
  assert.equal((await send(proxy, 'GET', TAGS)).status, 200)
  for (const [method, path] of [
    ['GET', TAGS],
    ['POST', '/v2/team/app/blobs/uploads/'],
  ] as const) {
    const before = upstreamRequests(simulator).length
    simulator.faults.add({ method, action: { kind: 'reset-before' } })
    assert.ok((await send(proxy, method, path)).status < 300)
    const [first, second, ...more] = upstreamRequests(simulator).slice(before)
    assert.notEqual(first?.connection, second?.connection)
    assert.equal(more.length, 0)
  }
})
