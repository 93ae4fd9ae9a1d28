// docs/request-handling.md: 7
// Fastify's own parsers got hold of bodies: crane's empty POST, which is labelled as JSON, was 400; text/plain above 1 MiB
// was 413; a Content-Type that could not be read was 415; and a manifest came out with another digest than it went in.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { digestOf } from '../simulator/store.ts'
import { send } from '../support/http-client.ts'
import { header, startPair, upstreamRequests } from '../support/pair.ts'
import { imageManifest, startUpload, withDigest } from '../support/registry-client.ts'

const contentTypes = [
  'application/json',
  'text/plain',
  'text/plain; charset=utf-8',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'foo',
  'foo/bar/baz',
  '/',
  ';',
  'application/json; charset="',
  'application/json\t',
  'application/json ;a=b,text/plain',
]

for (const type of contentTypes) {
  test(`Content-Type ${JSON.stringify(type)}: an empty POST, a large upload and a manifest pass untouched`, async (t) => {
    const { simulator, proxy } = await startPair(t)
    const headers = { 'Content-Type': type }
    const post = await send(proxy, 'POST', '/v2/team/app/blobs/uploads/', {
      headers: { ...headers, 'Content-Length': '0' },
    })
    assert.equal(post.status, 202, post.body)
    const layer = randomBytes(2 * 1024 * 1024)
    const put = await send(proxy, 'PUT', withDigest(await startUpload(proxy, 'team/app'), digestOf(layer)), {
      headers,
      body: layer,
    })
    assert.equal(put.status, 201, put.body)
    const manifest = ` ${imageManifest(digestOf(layer), [digestOf(layer)])}\n`
    const pushed = await send(proxy, 'PUT', '/v2/team/app/manifests/v1', { headers, body: manifest })
    assert.equal(pushed.status, 201, pushed.body)
    assert.equal(pushed.headers['docker-content-digest'], digestOf(manifest))
    for (const { rawHeaders } of upstreamRequests(simulator).filter(({ url }) => url.includes('manifests'))) {
      assert.equal(header(rawHeaders, 'content-type'), type.trim())
    }
  })
}

test('a body without a Content-Type gets none on the way', async (t) => {
  const { simulator, proxy } = await startPair(t)
  const put = await send(proxy, 'PATCH', await startUpload(proxy, 'team/app'), { body: 'layer' })
  assert.equal(put.status, 202)
  assert.equal(header(upstreamRequests(simulator).at(-1)?.rawHeaders ?? [], 'content-type'), undefined)
})

test('an answer is never compressed, decompressed or parsed here', async (t) => {
  const { simulator, proxy } = await startPair(t)
  const bytes = Buffer.from([0x1f, 0x8b, 0x08, 0x00, 0xff, 0x00])
  const manifest = JSON.stringify({ filler: bytes.toString('latin1') })
  simulator.store.addManifest('team/app', manifest, 'application/json', 'v1')
  simulator.faults.add({ times: 2, action: { kind: 'headers', set: { 'Content-Encoding': 'gzip', ETag: '"1"' } } })
  for (let i = 0; i < 2; i++) {
    const reply = await send(proxy, 'GET', '/v2/team/app/manifests/v1', { headers: { 'Accept-Encoding': 'gzip' } })
    assert.equal(reply.body, manifest)
    assert.equal(reply.headers['content-encoding'], 'gzip')
    assert.equal(reply.headers.etag, '"1"')
  }
})
