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

test('a new upload: an absolute Location at the registry, no state, no Docker-Upload-UUID', async (t) => {
  const simulator = await simulatorFor(t)
  simulator.store.createRepository('a/app')
  const { status, headers } = await call(simulator, 'POST', '/v2/a/app/blobs/uploads/')
  assert.equal(status, 202)
  assert.match(
    headers.location ?? '',
    /^https:\/\/123456789012\.dkr\.ecr\.us-east-1\.amazonaws\.com\/v2\/a\/app\/blobs\/uploads\/[0-9a-f-]{36}$/,
  )
  assert.equal(headers['oci-chunk-min-length'], '10485760')
  assert.equal('docker-upload-uuid' in headers, false)
})

test('Location can be relative, or name the canonical host instead of the one in use', async (t) => {
  const simulator = await simulatorFor(t, { registryHost: '123456789012.dkr-ecr.eu-west-1.on.aws' })
  simulator.store.createRepository('a/app')
  for (const [location, start] of [
    ['absolute', 'https://123456789012.dkr-ecr.eu-west-1.on.aws/v2/a/app/'],
    ['canonical', 'https://123456789012.dkr.ecr.eu-west-1.amazonaws.com/v2/a/app/'],
    ['relative', '/v2/a/app/'],
  ] as const) {
    simulator.behaviour.location = location
    const { headers } = await call(simulator, 'POST', '/v2/a/app/blobs/uploads/')
    assert.equal(headers.location?.startsWith(start), true, headers.location)
  }
})

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

test('a push to a repository that does not exist: the connection ends without a byte', async (t) => {
  const simulator = await simulatorFor(t)
  await assert.rejects(call(simulator, 'POST', '/v2/no/such/blobs/uploads/'), { message: 'socket hang up' })
})

test('a push to a repository that does not exist can be a 404', async (t) => {
  const simulator = await simulatorFor(t, { behaviour: { missingRepositoryOnPost: '404' } })
  const reply = await call(simulator, 'POST', '/v2/no/such/blobs/uploads/')
  assert.equal(reply.status, 404)
  assert.deepEqual(errorOf(reply), {
    code: 'NAME_UNKNOWN',
    message: "The repository with name 'no/such' does not exist in the registry with id '123456789012'",
  })
})

test('with a creation template a push makes its repository', async (t) => {
  const simulator = await simulatorFor(t, { createOnPush: true })
  assert.equal((await call(simulator, 'POST', '/v2/no/such/blobs/uploads/')).status, 202)
  assert.equal(simulator.store.repositories.has('no/such'), true)
})

test('what came before the connection broke stays, so that a replayed body does not fit', async (t) => {
  const { simulator, path } = await withUpload(t)
  const broken = open(simulator, 'PATCH', path, { headers: { 'Content-Length': '2000' } })
  broken.on('error', () => undefined)
  broken.write(Buffer.alloc(1000))
  await simulator.waitForRequest(({ method, bodyBytes }) => method === 'PATCH' && bodyBytes === 1000)
  broken.destroy()
  await simulator.waitForRequest(({ aborted }) => aborted)
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

const CONFIG = '{"os":"linux"}'

test('a mount is only a new upload, unless mounting is on and a manifest of the source has the blob', async (t) => {
  const simulator = await simulatorFor(t)
  simulator.store.createRepository('b/app')
  const digest = await simulator.store.addBlob('a/app', CONFIG)
  const mount = `/v2/b/app/blobs/uploads/?mount=${digest}&from=a/app`
  const tryMount = async (): Promise<number> => (await call(simulator, 'POST', mount)).status
  assert.equal(await tryMount(), 202)
  simulator.behaviour.mounting = true
  assert.equal(await tryMount(), 202)
  assert.equal((await call(simulator, 'HEAD', `/v2/b/app/blobs/${digest}`)).status, 404)

  simulator.store.addManifest('a/app', JSON.stringify({ config: { digest }, layers: [] }), 'application/json')
  assert.equal(await tryMount(), 201)
  assert.equal((await call(simulator, 'HEAD', `/v2/b/app/blobs/${digest}`)).status, 200)
  simulator.behaviour.mounting = false
  assert.equal(await tryMount(), 202)
})
