// docs/request-handling.md: 7, 17, 18
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { digestOf } from '../simulator/store.ts'
import { send } from '../support/http-client.ts'
import { header, startPair, upstreamRequests } from '../support/pair.ts'
import {
  failureOf,
  locationOf,
  pullImage,
  pushImage,
  pushLayer,
  startUpload,
  withDigest,
} from '../support/registry-client.ts'

const MIB = 1024 * 1024

test('docker: POST, chunked PATCH, empty PUT and HEAD; what was pushed is what is pulled', async (t) => {
  const pair = await startPair(t)
  const layers = [randomBytes(MIB), randomBytes(50)].map((bytes) => Buffer.from(bytes.toString('hex')))
  const digest = await pushImage(pair.proxy, 'team/nested/app', 'v1', layers)
  const pulled = await pullImage(pair, 'team/nested/app', 'v1')
  assert.equal(pulled.length, layers.length)
  assert.ok(layers.every((layer, i) => layer.toString() === pulled[i]))
  const head = await send(pair.proxy, 'HEAD', '/v2/team/nested/app/manifests/v1')
  assert.equal(head.headers['docker-content-digest'], digest)
  for (const layer of layers) {
    const stored = pair.simulator.store.blobs.get(digestOf(layer))
    assert.equal(stored?.size, layer.length)
  }
  const patches = upstreamRequests(pair.simulator).filter(({ method }) => method === 'PATCH')
  assert.equal(patches.length, 3)
  for (const { rawHeaders } of patches) {
    assert.equal(header(rawHeaders, 'transfer-encoding'), 'chunked')
    assert.equal(header(rawHeaders, 'content-length'), undefined)
  }
})

test('containerd: POST, then PUT with the whole layer and its length', async (t) => {
  const { simulator, proxy } = await startPair(t)
  const layer = randomBytes(3 * MIB)
  const digest = digestOf(layer)
  const put = await send(proxy, 'PUT', withDigest(await startUpload(proxy, 'team/app'), digest), {
    headers: { 'Content-Type': 'application/octet-stream' },
    body: layer,
  })
  assert.equal(put.status, 201, put.body)
  assert.equal(put.headers['docker-content-digest'], digest)
  assert.equal(put.headers.location, `/v2/team/app/blobs/${digest}`)
  const sent = upstreamRequests(simulator).find(({ method }) => method === 'PUT')
  assert.equal(header(sent?.rawHeaders ?? [], 'content-length'), String(layer.length))
  assert.equal(header(sent?.rawHeaders ?? [], 'transfer-encoding'), undefined)
  assert.equal(header(sent?.rawHeaders ?? [], 'content-type'), 'application/octet-stream')
  assert.equal(sent?.bodyBytes, layer.length)
})

test('monolithic: POST with the digest and the whole layer', async (t) => {
  const { simulator, proxy } = await startPair(t)
  const layer = randomBytes(MIB)
  const digest = digestOf(layer)
  const post = await send(proxy, 'POST', `/v2/team/app/blobs/uploads/?digest=${digest}`, { body: layer })
  assert.equal(post.status, 201, post.body)
  assert.equal(post.headers['docker-content-digest'], digest)
  assert.equal(simulator.store.blobs.get(digest)?.size, layer.length)
})

test('chunks with Content-Range, the last one on the PUT', async (t) => {
  const { simulator, proxy } = await startPair(t, { simulator: { behaviour: { rangeStuck: false } } })
  const layer = randomBytes(11 * MIB)
  const at = 5 * MIB
  const last = 10 * MIB
  let location = await startUpload(proxy, 'team/app')
  for (const [start, end] of [
    [0, at],
    [at, last],
  ] as const) {
    const patch = await send(proxy, 'PATCH', location, {
      headers: { 'Content-Range': `${start}-${end - 1}`, 'Content-Type': 'application/octet-stream' },
      body: layer.subarray(start, end),
    })
    assert.equal(patch.status, 202)
    assert.equal(patch.headers.range, `0-${end - 1}`)
    location = locationOf(patch)
  }
  const put = await send(proxy, 'PUT', withDigest(location, digestOf(layer)), {
    headers: { 'Content-Range': `${last}-${layer.length - 1}` },
    body: layer.subarray(last),
  })
  assert.equal(put.status, 201, put.body)
  assert.equal(simulator.store.blobs.get(digestOf(layer))?.size, layer.length)
})

test('a chunk at the wrong place is refused with ECR’s words', async (t) => {
  const { proxy } = await startPair(t)
  const location = await startUpload(proxy, 'team/app')
  await send(proxy, 'PATCH', location, { body: Buffer.alloc(100) })
  const again = await send(proxy, 'PATCH', location, {
    headers: { 'Content-Range': '0-99' },
    body: Buffer.alloc(100),
  })
  assert.equal(failureOf(again), '416 BLOB_UPLOAD_INVALID')
  assert.match(again.body, /First byte of the layer part is 0 instead of 100/)
})

test('Range is passed to the letter, also where ECR leaves it at the first boundary', async (t) => {
  const { proxy } = await startPair(t, { simulator: { behaviour: { rangeStuck: true } } })
  const location = await startUpload(proxy, 'team/app')
  const part = Buffer.alloc(5 * MIB)
  const ranges = []
  for (let i = 0; i < 2; i++) {
    const patch = await send(proxy, 'PATCH', location, { body: part })
    assert.equal(patch.status, 202)
    ranges.push(patch.headers.range)
  }
  assert.deepEqual(ranges, [`0-${part.length - 1}`, `0-${part.length - 1}`])
})

for (const form of ['absolute', 'canonical', 'relative'] as const) {
  test(`an upload goes on at a path of ours when ECR's Location is ${form}`, async (t) => {
    const { proxy } = await startPair(t, {
      simulator: { registryHost: '123456789012.dkr-ecr.us-east-1.on.aws', behaviour: { location: form } },
    })
    const digest = await pushLayer(proxy, 'team/app', randomBytes(1000))
    assert.equal((await send(proxy, 'HEAD', `/v2/team/app/blobs/${digest}`)).status, 200)
  })
}

test('a PATCH answered without a Location is still a PATCH that worked', async (t) => {
  const { proxy } = await startPair(t, { simulator: { behaviour: { patchLocation: false } } })
  const location = await startUpload(proxy, 'team/app')
  const patch = await send(proxy, 'PATCH', location, { body: 'layer' })
  assert.equal(patch.status, 202)
  assert.equal(patch.headers.location, undefined)
  assert.equal((await send(proxy, 'PUT', withDigest(location, digestOf('layer')))).status, 201)
})

test('an upload’s id and query go back byte for byte', async (t) => {
  const { simulator, proxy } = await startPair(t)
  const opaque = "/v2/team/app/blobs/uploads/a~b%2Bc!$&'()*+,;=:@?_state=%2f%2F==&&b=%zz&a=1+2&x"
  simulator.faults.add({
    method: 'POST',
    action: { kind: 'headers', set: { Location: `https://${simulator.registryHost}${opaque}` } },
  })
  const location = await startUpload(proxy, 'team/app')
  assert.equal(location, opaque)
  await send(proxy, 'PATCH', location, { body: 'layer' })
  const patch = upstreamRequests(simulator).find(({ method }) => method === 'PATCH')
  assert.equal(patch?.url, opaque)
})

test('a cancelled upload: the answer is ECR’s', async (t) => {
  const { simulator, proxy } = await startPair(t)
  const location = await startUpload(proxy, 'team/app')
  assert.equal(failureOf(await send(proxy, 'DELETE', location)), '404 BLOB_UPLOAD_UNKNOWN')
  simulator.behaviour.uploadDelete = 204
  const cancelled = await send(proxy, 'DELETE', location)
  assert.equal(cancelled.status, 204)
  assert.equal(cancelled.body, '')
  assert.equal((await send(proxy, 'PATCH', location, { body: 'late' })).status, 404)
})

test('the state of an upload: the answer is ECR’s', async (t) => {
  const { simulator, proxy } = await startPair(t)
  const location = await startUpload(proxy, 'team/app')
  await send(proxy, 'PATCH', location, { body: 'layer' })
  assert.equal(failureOf(await send(proxy, 'GET', location)), '404 BLOB_UPLOAD_UNKNOWN')
  simulator.behaviour.uploadStatus = 204
  const status = await send(proxy, 'GET', location)
  assert.equal(status.status, 204)
  assert.equal(status.headers.range, '0-4')
  assert.equal(locationOf(status), location)
})
