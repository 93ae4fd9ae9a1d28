import assert from 'node:assert/strict'
import { test } from 'node:test'
import { digestOf } from '../simulator/store.ts'
import { send } from '../support/http-client.ts'
import { startPair, upstreamRequests } from '../support/pair.ts'
import { failureOf, imageManifest, locationOf, putManifest } from '../support/registry-client.ts'

test('a mount is 201 where ECR can do it, else an upload', async (t) => {
  const { simulator, proxy } = await startPair(t)
  const digest = await simulator.store.addBlob('team/base', 'shared layer')
  const config = await simulator.store.addBlob('team/base', '{}')
  assert.equal((await putManifest(proxy, 'team/base', 'v1', imageManifest(config, [digest]))).status, 201)
  const path = `/v2/team/app/blobs/uploads/?mount=${digest.replace(':', '%3A')}&from=team%2Fbase`

  const refused = await send(proxy, 'POST', path, { headers: { 'Content-Length': '0' } })
  assert.equal(refused.status, 202)
  assert.match(locationOf(refused), /^\/v2\/team\/app\/blobs\/uploads\/./)

  simulator.behaviour.mounting = true
  const mounted = await send(proxy, 'POST', path)
  assert.equal(mounted.status, 201)
  assert.equal(mounted.headers['docker-content-digest'], digest)
  assert.equal(mounted.headers.location, `/v2/team/app/blobs/${digest}`)
  assert.equal((await send(proxy, 'HEAD', `/v2/team/app/blobs/${digest}`)).status, 200)
  assert.equal(upstreamRequests(simulator).findLast(({ method }) => method === 'POST')?.url, path)
})

test('a manifest is stored as the bytes that came, under the digest that is told', async (t) => {
  const { simulator, proxy } = await startPair(t)
  const blob = await simulator.store.addBlob('team/app', '{}')
  const manifest = `\n ${imageManifest(blob, [blob])}\n\n`
  const put = await putManifest(proxy, 'team/app', 'v1', manifest)
  assert.equal(put.status, 201, put.body)
  assert.equal(put.headers['docker-content-digest'], digestOf(manifest))
  assert.equal(put.headers.location, undefined)
  assert.equal((await send(proxy, 'GET', `/v2/team/app/manifests/${digestOf(manifest)}`)).body, manifest)
  assert.equal((await putManifest(proxy, 'team/app', digestOf(manifest), manifest)).status, 201)
})

test('deletes: a manifest by tag and by digest; a layer is not ECR’s to delete', async (t) => {
  const { simulator, proxy } = await startPair(t)
  const blob = await simulator.store.addBlob('team/app', '{}')
  const manifest = imageManifest(blob, [blob])
  await putManifest(proxy, 'team/app', 'one', manifest)
  await putManifest(proxy, 'team/app', 'two', manifest)
  assert.equal((await send(proxy, 'DELETE', '/v2/team/app/manifests/one')).status, 202)
  assert.equal((await send(proxy, 'GET', '/v2/team/app/manifests/two')).status, 200)
  assert.equal((await send(proxy, 'DELETE', `/v2/team/app/manifests/${digestOf(manifest)}`)).status, 202)
  assert.equal((await send(proxy, 'GET', '/v2/team/app/manifests/two')).status, 404)
  assert.equal(failureOf(await send(proxy, 'DELETE', `/v2/team/app/blobs/${blob}`)), '405 UNSUPPORTED')
})
