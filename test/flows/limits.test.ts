import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { test } from 'node:test'
import { Call } from '../../src/client/call.ts'
import { TransferBuffers } from '../../src/client/transfer-buffers.ts'
import { Relay } from '../../src/client/relay.ts'
import { NOBODY } from '../client/fake-call.ts'
import {
  CLIENT_IDLE_MS,
  LINGER_IDLE_MS,
  MANIFEST_BODY_MS,
  UPSTREAM_ASSEMBLY_MS,
  UPSTREAM_HEAD_MS,
  UPSTREAM_IDLE_MS,
  TRANSFER_BUFFER_MAX_BYTES,
} from '../../src/limits.ts'
import { replyTo } from '../simulator/client.ts'
import { FastTime } from '../support/fast-time.ts'
import { open, send } from '../support/http-client.ts'
import { startPair } from '../support/pair.ts'
import { RawClient } from '../support/raw-client.ts'
import { failureOf, MANIFEST_TYPE, startUpload } from '../support/registry-client.ts'
import { until } from '../support/until.ts'

const time = new FastTime()

// Timers of the HTTP client are about a second coarse.
const GRAIN_MS = 3000

function assertAbout(passedMs: number, limitMs: number): void {
  assert.ok(passedMs >= limitMs - GRAIN_MS && passedMs <= limitMs + GRAIN_MS, `${passedMs} ms for ${limitMs} ms`)
}

for (const [method, path, body, limitMs] of [
  ['GET', '/v2/team/app/tags/list', undefined, UPSTREAM_HEAD_MS],
  ['HEAD', '/v2/team/app/manifests/v1', undefined, UPSTREAM_HEAD_MS],
  ['DELETE', '/v2/team/app/manifests/v1', undefined, UPSTREAM_HEAD_MS],
  ['POST', '/v2/team/app/blobs/uploads/', undefined, UPSTREAM_HEAD_MS],
  ['POST', `/v2/team/app/blobs/uploads/?digest=sha256:${'0'.repeat(64)}`, 'layer', UPSTREAM_ASSEMBLY_MS],
  ['PATCH', '/v2/team/app/blobs/uploads/1', 'layer', UPSTREAM_ASSEMBLY_MS],
  ['PUT', '/v2/team/app/blobs/uploads/1', undefined, UPSTREAM_ASSEMBLY_MS],
  ['PUT', '/v2/team/app/manifests/v1', '{}', UPSTREAM_ASSEMBLY_MS],
] as const) {
  test(`an upstream that is silent after ${method} ${path}: 504 after ${limitMs / 60_000} minutes`, async (t) => {
    const { simulator, proxy } = await startPair(t)
    simulator.faults.add({ times: 10, action: { kind: 'stall' } })
    const reply = send(proxy, method, path, body === undefined ? {} : { body })
    const seen = await simulator.waitForRequest(({ listener }) => listener === 'registry')
    await until(() => seen.bodyBytes === (body ?? '').length, 'the whole request')
    assertAbout(await time.until(reply, 2 * limitMs), limitMs)
    assert.equal((await reply).status, 504)
    if (method !== 'HEAD') assert.equal(failureOf(await reply), '504 UNAVAILABLE')
    await simulator.waitForRequest(({ listener, aborted }) => listener === 'registry' && aborted)
  })
}

test('an upstream that stops in the middle of an answer: the transfer breaks after 2 minutes', async (t) => {
  const { simulator, proxy } = await startPair(t)
  simulator.store.addManifest('team/app', JSON.stringify({ filler: 'x'.repeat(50_000) }), MANIFEST_TYPE, 'v1')
  simulator.faults.add({ action: { kind: 'stall-body', bytes: 10_000 } })
  const request = open(proxy, 'GET', '/v2/team/app/manifests/v1')
  let received = 0
  request.once('response', (response) => response.on('data', (bytes: Buffer) => (received += bytes.length)))
  request.end()
  const reply = assert.rejects(replyTo(request), { code: 'ECONNRESET' })
  await until(() => received === 10_000, 'the beginning')
  assertAbout(await time.until(reply, 2 * UPSTREAM_IDLE_MS), UPSTREAM_IDLE_MS)
})

test('a client that stops in the middle of its upload: 408 after 2 minutes, and the upstream request ends', async (t) => {
  const { simulator, proxy } = await startPair(t)
  const upload = open(proxy, 'PATCH', await startUpload(proxy, 'team/app'))
  upload.write('half a layer')
  const reply = replyTo(upload)
  await simulator.waitForRequest(({ method, bodyBytes }) => method === 'PATCH' && bodyBytes === 12)
  assertAbout(await time.until(reply, 2 * CLIENT_IDLE_MS), CLIENT_IDLE_MS)
  assert.equal(failureOf(await reply), '408 BLOB_UPLOAD_INVALID')
  await simulator.waitForRequest(({ method, aborted }) => method === 'PATCH' && aborted)
  upload.destroy()
})

test('a client whose manifest does not come whole: 408 after 2 minutes, also when it goes on', async (t) => {
  const { proxy } = await startPair(t)
  const upload = open(proxy, 'PUT', '/v2/team/app/manifests/v1')
  upload.write('{"schemaVersion"')
  const reply = replyTo(upload)
  await until(() => proxy.app.drain.inFlight === 1, 'the request')
  await time.pass(MANIFEST_BODY_MS / 2)
  upload.write(': 2')
  assertAbout(await time.until(reply, 2 * MANIFEST_BODY_MS), MANIFEST_BODY_MS / 2)
  assert.equal(failureOf(await reply), '408 MANIFEST_INVALID')
  upload.destroy()
})

test('an upstream that stops taking an upload: 504 after 2 minutes', async (t) => {
  const { simulator, proxy } = await startPair(t)
  const location = await startUpload(proxy, 'team/app')
  simulator.faults.add({ method: 'PATCH', action: { kind: 'stall-reading' } })
  const reply = send(proxy, 'PATCH', location, { body: Buffer.alloc(64 * 1024 * 1024) })
  await simulator.waitForRequest(({ method }) => method === 'PATCH')
  // It is taken for as long as the buffers on the way have room.
  const passed = await time.until(reply, 3 * UPSTREAM_IDLE_MS)
  assert.ok(passed >= UPSTREAM_IDLE_MS, `${passed} ms`)
  assert.equal(failureOf(await reply), '504 UNAVAILABLE')
})

test('an upload that goes on, however slowly, has no limit', async (t) => {
  const { simulator, proxy } = await startPair(t)
  const upload = open(proxy, 'PATCH', await startUpload(proxy, 'team/app'))
  const reply = replyTo(upload)
  for (let i = 1; i <= 10; i++) {
    upload.write('x')
    await simulator.waitForRequest(({ method, bodyBytes }) => method === 'PATCH' && bodyBytes === i)
    await time.pass(CLIENT_IDLE_MS - 10_000)
  }
  upload.end()
  assert.equal((await reply).status, 202)
})

test('a client that does not take its answer for 2 minutes loses it', async (t) => {
  const { simulator, proxy } = await startPair(t)
  simulator.store.addManifest('team/app', JSON.stringify({ filler: 'x'.repeat(64_000_000) }), MANIFEST_TYPE, 'v1')
  const client = await RawClient.connect(t, proxy)
  client.socket.pause()
  client.write('GET /v2/team/app/manifests/v1 HTTP/1.1\r\nHost: x\r\n\r\n')
  await until(() => proxy.app.drain.inFlight === 1, 'the request')
  const gone = until(() => proxy.log.find(({ aborted }) => aborted === true), 'the end')
  const passed = await time.until(gone, 3 * CLIENT_IDLE_MS)
  assert.ok(passed >= CLIENT_IDLE_MS, `${passed} ms`)
  assert.equal((await gone)['status'], 200)
})

test('a client that takes its answer slowly keeps it', async (t) => {
  const { simulator, proxy } = await startPair(t)
  const size = 64_000_000
  simulator.store.addManifest('team/app', JSON.stringify({ filler: 'x'.repeat(size) }), MANIFEST_TYPE, 'v1')
  const request = open(proxy, 'GET', '/v2/team/app/manifests/v1')
  request.end()
  const [response]: IncomingMessage[] = await once(request, 'response')
  if (response === undefined) throw new Error('no response')
  let received = 0
  response.on('data', (bytes: Buffer) => (received += bytes.length)).pause()
  const ended = once(response, 'end')
  for (let next = 12_000_000; next < size; next += 12_000_000) {
    await time.pass(CLIENT_IDLE_MS * 0.75)
    response.resume()
    await until(() => received >= next, `${next} bytes`)
    response.pause()
  }
  response.resume()
  await ended
  assert.equal(received, size + '{"filler":""}'.length)
})

test('a long answer that comes faster than it is taken leaves no timer behind', async (t) => {
  const large = Buffer.alloc(TRANSFER_BUFFER_MAX_BYTES)
  const relays: Relay[] = []
  const server = createServer((incoming, outgoing) => {
    const relay = new Relay(new Call(incoming, outgoing, NOBODY), new TransferBuffers(), () => undefined)
    relays.push(relay)
    assert.deepEqual([relay.chunk(large), relay.chunk(large)], [false, false])
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const request = open({ port }, 'GET', '/')
  request.end()
  const [response]: IncomingMessage[] = await once(request, 'response')
  if (response === undefined) throw new Error('no response')
  let received = 0
  response.on('data', (bytes: Buffer) => (received += bytes.length))
  const ended = once(response, 'end')
  await until(() => received === 2 * large.length, 'both')
  await time.pass(2 * CLIENT_IDLE_MS)
  relays[0]?.end()
  await ended
})

test('after an early answer, a client that sends nothing more is let go', async (t) => {
  const { simulator, proxy } = await startPair(t)
  const location = await startUpload(proxy, 'team/app')
  simulator.faults.add({ method: 'PATCH', action: { kind: 'status', status: 403, body: 'no' } })
  const client = await RawClient.connect(t, proxy)
  client.write(`PATCH ${location} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nhalf`)
  assert.equal((await client.answer('PATCH')).status, 403)
  const closed = until(() => client.closed, 'the end of the connection')
  assertAbout(await time.until(closed, 60_000), LINGER_IDLE_MS)
})
