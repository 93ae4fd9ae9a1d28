import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { TestContext } from 'node:test'
import { test } from 'node:test'
import type { Reply } from './client.ts'
import { call, errorOf, open, replyTo, simulatorFor } from './client.ts'
import type { SimulatorOptions } from './options.ts'
import type { Simulator } from './simulator.ts'
import { digestOf } from './store.ts'

const MIB = 1024 * 1024

async function withUpload(
  t: TestContext,
  options: SimulatorOptions = {},
): Promise<{ simulator: Simulator; path: string }> {
  const simulator = await simulatorFor(t, options)
  simulator.store.createRepository('a/app')
  return { simulator, path: await startUpload(simulator) }
}

async function startUpload(simulator: Simulator): Promise<string> {
  const reply = await call(simulator, 'POST', '/v2/a/app/blobs/uploads/')
  assert.equal(reply.status, 202)
  return new URL(reply.headers.location ?? '', 'https://here').pathname
}

function patch(simulator: Simulator, path: string, body: Buffer, first: number): Promise<Reply> {
  const headers = { 'Content-Range': `${first}-${first + body.length - 1}` }
  return call(simulator, 'PATCH', path, { headers, body })
}

function put(simulator: Simulator, path: string, digest: string, body: string | Buffer = ''): Promise<Reply> {
  return call(simulator, 'PUT', `${path}?digest=${encodeURIComponent(digest)}`, { body })
}

test('PATCH answers 201, and its Range stays at the first boundary from the second one on', async (t) => {
  const { simulator, path } = await withUpload(t)
  const layer = randomBytes(12 * MIB)
  const first = await patch(simulator, path, layer.subarray(0, 6 * MIB), 0)
  assert.deepEqual([first.status, first.headers.range], [201, `0-${6 * MIB - 1}`])
  assert.equal(new URL(first.headers.location ?? '').pathname, path)
  const second = await patch(simulator, path, layer.subarray(6 * MIB), 6 * MIB)
  assert.deepEqual([second.status, second.headers.range], [201, `0-${6 * MIB - 1}`])
  assert.equal((await put(simulator, path, digestOf(layer))).status, 201)
  const stored = simulator.store.blobs.get(digestOf(layer))
  assert.deepEqual(await readFile(stored?.file ?? ''), layer)
})

test('PATCH can tell the Range as it is', async (t) => {
  const { simulator, path } = await withUpload(t, { behaviour: { rangeStuck: false } })
  await patch(simulator, path, Buffer.alloc(1000), 0)
  assert.equal((await patch(simulator, path, Buffer.alloc(500), 1000)).headers.range, '0-1499')
})

test('PATCH can come without a Location', async (t) => {
  const { simulator, path } = await withUpload(t, { behaviour: { patchLocation: false } })
  const { status, headers } = await patch(simulator, path, Buffer.alloc(10), 0)
  assert.equal(status, 201)
  assert.equal('location' in headers, false)
})

test('a part at the wrong offset is a 416 that names both bytes, by PATCH and by PUT', async (t) => {
  const { simulator, path } = await withUpload(t)
  await patch(simulator, path, Buffer.alloc(1000), 0)
  const again = await patch(simulator, path, Buffer.alloc(1000), 0)
  assert.equal(again.status, 416)
  const error = { code: 'BLOB_UPLOAD_INVALID', message: 'First byte of the layer part is 0 instead of 1000' }
  assert.deepEqual(errorOf(again), error)
  const headers = { 'Content-Range': '0-9' }
  const closing = await call(simulator, 'PUT', `${path}?digest=sha256:00`, { headers, body: '0123456789' })
  assert.deepEqual([closing.status, errorOf(closing)], [416, error])
})

test('a middle part below 5 MiB is accepted by PATCH and refused by PUT', async (t) => {
  const { simulator, path } = await withUpload(t)
  const layer = randomBytes(5 * MIB)
  const middle = await patch(simulator, path, layer.subarray(0, 5 * MIB - 1), 0)
  assert.equal(middle.status, 201)
  await patch(simulator, path, layer.subarray(5 * MIB - 1), 5 * MIB - 1)
  const closing = await put(simulator, path, digestOf(layer))
  assert.equal(closing.status, 400)
  assert.equal(errorOf(closing).code, 'BLOB_UPLOAD_INVALID')
  assert.equal(simulator.store.blobs.size, 0)
})

test('a last part below 5 MiB may ride on the PUT', async (t) => {
  const { simulator, path } = await withUpload(t)
  const layer = randomBytes(5 * MIB + 7)
  await patch(simulator, path, layer.subarray(0, 5 * MIB), 0)
  const closing = await put(simulator, path, digestOf(layer), layer.subarray(5 * MIB))
  assert.equal(closing.status, 201)
  assert.equal(closing.headers['docker-content-digest'], digestOf(layer))
})

test('the whole layer may come with the PUT, or with the POST', async (t) => {
  const { simulator, path } = await withUpload(t)
  const [byPut, byPost] = [randomBytes(1000), randomBytes(1000)]
  assert.equal((await put(simulator, path, digestOf(byPut), byPut)).status, 201)
  const reply = await call(simulator, 'POST', `/v2/a/app/blobs/uploads/?digest=${digestOf(byPost)}`, { body: byPost })
  assert.equal(reply.status, 201)
  assert.deepEqual([...simulator.store.blobs.keys()], [digestOf(byPut), digestOf(byPost)])
})

test('a wrong digest is a 400 in words of its own, and nothing is stored', async (t) => {
  const { simulator, path } = await withUpload(t)
  const reply = await put(simulator, path, digestOf('other'), 'this')
  assert.equal(reply.status, 400)
  assert.deepEqual(errorOf(reply), {
    code: 'BLOB_UPLOAD_INVALID',
    message: 'None of the provided layer digests match the calculated layer digest',
  })
  assert.equal(simulator.store.blobs.size, 0)
})

test('the status of an upload is a 404, or a 204 where it is told', async (t) => {
  const { simulator, path } = await withUpload(t)
  await patch(simulator, path, Buffer.alloc(10), 0)
  assert.equal((await call(simulator, 'GET', path)).status, 404)
  simulator.behaviour.uploadStatus = 204
  const told = await call(simulator, 'GET', path)
  assert.deepEqual([told.status, told.headers.range], [204, '0-9'])
})

test('DELETE of an upload is refused either way, or ends it', async (t) => {
  const { simulator, path } = await withUpload(t)
  assert.equal((await call(simulator, 'DELETE', path)).status, 404)
  simulator.behaviour.uploadDelete = 405
  assert.equal((await call(simulator, 'DELETE', path)).status, 405)
  assert.equal((await patch(simulator, path, Buffer.alloc(10), 0)).status, 201)
  simulator.behaviour.uploadDelete = 204
  assert.equal((await call(simulator, 'DELETE', path)).status, 204)
  assert.equal(errorOf(await patch(simulator, path, Buffer.alloc(10), 10)).code, 'BLOB_UPLOAD_UNKNOWN')
})

test('what came before the connection broke stays, so that a replayed body does not fit', async (t) => {
  const { simulator, path } = await withUpload(t)
  const broken = open(simulator, 'PATCH', path, { headers: { 'Content-Length': '2000' } })
  broken.on('error', () => undefined)
  broken.write(Buffer.alloc(1000))
  await simulator.waitForRequest(({ method, bodyBytes }) => method === 'PATCH' && bodyBytes === 1000)
  broken.destroy()
  await simulator.waitForRequest(({ finished, aborted }) => finished && aborted)
  const replayed = await patch(simulator, path, Buffer.alloc(2000), 0)
  assert.equal(errorOf(replayed).message, 'First byte of the layer part is 0 instead of 1000')
})

test('two requests do not write to one upload at a time', async (t) => {
  const { simulator, path } = await withUpload(t)
  const first = open(simulator, 'PATCH', path)
  first.write('first')
  await simulator.waitForRequest(({ method, bodyBytes }) => method === 'PATCH' && bodyBytes === 5)
  assert.equal(errorOf(await call(simulator, 'PATCH', path, { body: 'second' })).code, 'BLOB_UPLOAD_INVALID')
  first.end()
  assert.equal((await replyTo(first)).headers.range, '0-4')
})
