// docs/request-handling.md: 4, 11, 17
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { fetchLayer } from '../simulator/client.ts'
import { digestOf } from '../simulator/store.ts'
import { send } from '../support/http-client.ts'
import { header, startPair, upstreamRequests } from '../support/pair.ts'
import { failureOf, imageManifest, MANIFEST_TYPE } from '../support/registry-client.ts'

const CONFIG = digestOf('{}')
// Bytes that a parser would not print again as they were.
const MANIFEST = imageManifest(CONFIG, [CONFIG]).replace('{"schemaVersion"', '{ "schemaVersion" \n')

test('a manifest comes byte for byte, by tag and by digest, with Accept as the client sent it', async (t) => {
  const { simulator, proxy } = await startPair(t)
  const digest = simulator.store.addManifest('team/app', MANIFEST, MANIFEST_TYPE, 'v1')
  const accept = `${MANIFEST_TYPE}, application/vnd.oci.image.index.v1+json;q=0.5,*/*;q=0.1`
  for (const reference of ['v1', digest, digest.replace(':', '%3A')]) {
    const { status, headers, body } = await send(proxy, 'GET', `/v2/team/app/manifests/${reference}`, {
      headers: { Accept: accept },
    })
    assert.equal(status, 200)
    assert.equal(body, MANIFEST)
    assert.equal(headers['content-type'], MANIFEST_TYPE)
    assert.equal(headers['content-length'], String(Buffer.byteLength(MANIFEST)))
    assert.equal(headers['docker-distribution-api-version'], 'registry/2.0')
  }
  const seen = upstreamRequests(simulator)
  assert.deepEqual(
    seen.map(({ url }) => url),
    ['v1', digest, digest].map((reference) => `/v2/team/app/manifests/${reference}`),
  )
  for (const { rawHeaders } of seen) {
    assert.equal(header(rawHeaders, 'accept'), accept)
    assert.equal(header(rawHeaders, 'host'), simulator.registryHost)
  }
})

test('several Accept lines stay several, in their order', async (t) => {
  const { simulator, proxy } = await startPair(t)
  simulator.store.addManifest('team/app', MANIFEST, MANIFEST_TYPE, 'v1')
  await send(proxy, 'GET', '/v2/team/app/manifests/v1', { headers: { Accept: [MANIFEST_TYPE, 'a/b', '*/*'] } })
  const [seen] = upstreamRequests(simulator)
  const accepts = seen?.rawHeaders.filter((_, i, all) => i % 2 === 1 && all[i - 1]?.toLowerCase() === 'accept')
  assert.deepEqual(accepts, [MANIFEST_TYPE, 'a/b', '*/*'])
})

test('HEAD of a manifest tells length, type and digest', async (t) => {
  const { simulator, proxy } = await startPair(t)
  const digest = simulator.store.addManifest('team/app', MANIFEST, MANIFEST_TYPE, 'v1')
  const { status, headers, body } = await send(proxy, 'HEAD', '/v2/team/app/manifests/v1')
  assert.equal(status, 200)
  assert.equal(headers['content-length'], String(Buffer.byteLength(MANIFEST)))
  assert.equal(headers['content-type'], MANIFEST_TYPE)
  assert.equal(headers['docker-content-digest'], digest)
  assert.equal(body, '')
})

test('a layer is a redirect that the client follows as it is, and the token stays behind', async (t) => {
  const { simulator, proxy } = await startPair(t)
  const layer = randomBytes(100_000).toString('hex')
  const digest = await simulator.store.addBlob('team/app', layer)
  const head = await send(proxy, 'HEAD', `/v2/team/app/blobs/${digest}`)
  assert.equal(head.status, 200)
  assert.equal(head.headers['content-length'], String(layer.length))
  assert.equal(head.headers['docker-content-digest'], digest)

  const redirect = await send(proxy, 'GET', `/v2/team/app/blobs/${digest}`, {
    headers: { Authorization: 'Basic Y2xpZW50OnBhc3N3b3Jk', Cookie: 'session=1' },
  })
  assert.equal(redirect.status, 307)
  const location = redirect.headers.location ?? ''
  assert.ok(location.startsWith(`${simulator.layerOrigin}/`), location)
  // The signature covers every byte of the URL, so a good answer says that none was changed.
  const part = await fetchLayer(simulator, location, 'GET', { Range: 'bytes=10-19' })
  assert.equal(part.status, 206)
  assert.equal(part.body, layer.slice(10, 20))
  assert.equal((await fetchLayer(simulator, location)).body, layer)

  for (const { listener, rawHeaders } of simulator.requests) {
    if (listener === 'layer') assert.equal(header(rawHeaders, 'authorization'), undefined)
    if (listener === 'registry') {
      assert.notEqual(header(rawHeaders, 'authorization'), 'Basic Y2xpZW50OnBhc3N3b3Jk')
      assert.equal(header(rawHeaders, 'cookie'), undefined)
    }
  }
})

test('Range and Accept-Encoding reach the upstream as they came, and nothing is added', async (t) => {
  const { simulator, proxy } = await startPair(t)
  const digest = await simulator.store.addBlob('team/app', 'layer')
  const headers = { Range: 'bytes=1-', 'Accept-Encoding': 'identity' }
  await send(proxy, 'GET', `/v2/team/app/blobs/${digest}`, { headers })
  await send(proxy, 'GET', `/v2/team/app/blobs/${digest}`)
  const [first, second] = upstreamRequests(simulator)
  assert.equal(header(first?.rawHeaders ?? [], 'range'), 'bytes=1-')
  assert.equal(header(first?.rawHeaders ?? [], 'accept-encoding'), 'identity')
  assert.equal(header(second?.rawHeaders ?? [], 'accept-encoding'), undefined)
})

test('what is missing is told with ECR’s own code', async (t) => {
  const { simulator, proxy } = await startPair(t)
  simulator.store.createRepository('team/app')
  const nothing = digestOf('nothing')
  assert.equal(failureOf(await send(proxy, 'GET', '/v2/team/app/manifests/no')), '404 MANIFEST_UNKNOWN')
  assert.equal(failureOf(await send(proxy, 'GET', `/v2/team/app/blobs/${nothing}`)), '404 BLOB_UNKNOWN')
  assert.equal(failureOf(await send(proxy, 'GET', '/v2/team/other/manifests/v1')), '404 NAME_UNKNOWN')
  const head = await send(proxy, 'HEAD', '/v2/team/app/manifests/no')
  assert.equal(head.status, 404)
  assert.equal(head.body, '')
})

test('the ping is answered here, whatever credentials it carries', async (t) => {
  const { simulator, proxy } = await startPair(t)
  for (const path of ['/v2/', '/v2']) {
    const { status, headers, body } = await send(proxy, 'GET', path, { headers: { Authorization: 'Basic bm86' } })
    assert.equal(status, 200)
    assert.equal(body, '{}')
    assert.equal(headers['content-type'], 'application/json')
    assert.equal(headers['docker-distribution-api-version'], 'registry/2.0')
    assert.equal((await send(proxy, 'HEAD', path)).status, 200)
  }
  assert.equal(upstreamRequests(simulator).length, 0)
})
