import assert from 'node:assert/strict'
import { test } from 'node:test'
import { call, errorOf, simulatorFor } from './client.ts'
import { digestOf } from './store.ts'

test('HEAD of a layer is answered by the registry, with the content type of a config', async (t) => {
  const simulator = await simulatorFor(t)
  const digest = await simulator.store.addBlob('a/app', 'some layer')
  const { status, headers } = await call(simulator, 'HEAD', `/v2/a/app/blobs/${digest}`)
  assert.equal(status, 200)
  assert.equal(headers['content-length'], '10')
  assert.equal(headers['docker-content-digest'], digest)
  assert.equal(headers['content-type'], 'application/vnd.docker.container.image.v1+json')
})

test('GET of a blob of a direct repository is the layer itself', async (t) => {
  const simulator = await simulatorFor(t, { behaviour: { directBlobs: new Set(['a/direct']) } })
  const digest = await simulator.store.addBlob('a/direct', 'some layer')
  await simulator.store.addBlob('a/app', 'some layer')
  const { status, headers, body } = await call(simulator, 'GET', `/v2/a/direct/blobs/${digest}`)
  assert.deepEqual([status, headers['content-length'], body], [200, '10', 'some layer'])
  assert.equal((await call(simulator, 'GET', `/v2/a/app/blobs/${digest}`)).status, 307)
})

test('GET of a blob is a 307 to a presigned URL of one to two kilobytes at the layer host', async (t) => {
  const simulator = await simulatorFor(t)
  const digest = await simulator.store.addBlob('a/app', 'some layer')
  const { status, headers, body } = await call(simulator, 'GET', `/v2/a/app/blobs/${digest}`)
  assert.equal(status, 307)
  assert.equal(body, '')
  const location = new URL(headers.location ?? '')
  assert.equal(location.origin, simulator.layerOrigin)
  assert.match(
    simulator.layerOrigin,
    /^https:\/\/prod-us-east-1-starport-layer-bucket\.s3\.us-east-1\.amazonaws\.com:\d+$/,
  )
  assert.match(location.pathname, /^\/[0-9a-f]{40}-123456789012-[0-9a-f-]{36}\/[0-9a-f-]{36}$/)
  assert.ok(location.href.length > 1024 && location.href.length < 2048, `${location.href.length} bytes`)
  assert.deepEqual([...location.searchParams.keys()].toSorted(), [
    'X-Amz-Algorithm',
    'X-Amz-Credential',
    'X-Amz-Date',
    'X-Amz-Expires',
    'X-Amz-Security-Token',
    'X-Amz-Signature',
    'X-Amz-SignedHeaders',
  ])
})

test('a blob of another repository, or none, is a 404; a repository that does not exist is told apart', async (t) => {
  const simulator = await simulatorFor(t)
  simulator.store.createRepository('b/app')
  const digest = await simulator.store.addBlob('a/app', 'some layer')
  for (const path of [`/v2/b/app/blobs/${digest}`, `/v2/a/app/blobs/${digestOf('none')}`]) {
    const reply = await call(simulator, 'GET', path)
    assert.deepEqual([reply.status, errorOf(reply).code], [404, 'BLOB_UNKNOWN'])
    assert.equal((await call(simulator, 'HEAD', path)).status, 404)
  }
  const reply = await call(simulator, 'GET', `/v2/no/such/blobs/${digest}`)
  assert.deepEqual([reply.status, errorOf(reply).code], [404, 'NAME_UNKNOWN'])
})

test('DELETE of a blob is not supported', async (t) => {
  const simulator = await simulatorFor(t)
  const digest = await simulator.store.addBlob('a/app', 'some layer')
  const reply = await call(simulator, 'DELETE', `/v2/a/app/blobs/${digest}`)
  assert.deepEqual([reply.status, errorOf(reply).code], [405, 'UNSUPPORTED'])
  assert.equal((await call(simulator, 'HEAD', `/v2/a/app/blobs/${digest}`)).status, 200)
})

test('paths outside of the API are a 404 in plain text, bad repository names a 405', async (t) => {
  const simulator = await simulatorFor(t)
  const outside = await call(simulator, 'GET', '/v2/a/app/nothing')
  assert.deepEqual([outside.status, outside.headers['content-type']], [404, 'text/plain; charset=utf-8'])
  const named = await call(simulator, 'GET', '/v2/Not-A-Name/tags/list')
  assert.deepEqual([named.status, errorOf(named).code], [405, 'UNSUPPORTED'])
})

test('a repository that is deleted leaves the blobs that others have', async (t) => {
  const { store } = await simulatorFor(t)
  const [shared, own] = [await store.addBlob('a/app', 'shared'), await store.addBlob('a/app', 'own')]
  await store.addBlob('b/app', 'shared')
  await store.deleteRepository('a/app')
  assert.deepEqual([...store.repositories.keys()], ['b/app'])
  assert.deepEqual([store.blobs.has(shared), store.blobs.has(own)], [true, false])
  await store.deleteRepository('b/app')
  await store.deleteRepository('c/app')
  assert.equal(store.blobs.size, 0)
})
