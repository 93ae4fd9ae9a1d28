// docs/request-handling.md: 12
// undici closes the connection after every HEAD (undici#258), and reply-from passed the upstream's `Connection: close` on:
// of four HEADs over one client connection one was answered, and each cost a TLS handshake with the upstream.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { digestOf } from '../simulator/store.ts'
import { header, startPair, upstreamRequests } from '../support/pair.ts'
import { RawClient } from '../support/raw-client.ts'
import { imageManifest, MANIFEST_TYPE } from '../support/registry-client.ts'

const BLOB = digestOf('{}')

test('four HEADs over one client connection use one upstream connection, and both stay open', async (t) => {
  const { simulator, proxy } = await startPair(t)
  const digest = simulator.store.addManifest('team/app', imageManifest(BLOB, [BLOB]), MANIFEST_TYPE, 'v1')
  const client = await RawClient.connect(t, proxy)
  for (let i = 0; i < 4; i++) {
    client.write('HEAD /v2/team/app/manifests/v1 HTTP/1.1\r\nHost: registry.example.com\r\n\r\n')
    const { status, headers } = await client.answer('HEAD')
    assert.equal(status, 200)
    assert.equal(headers['docker-content-digest'], digest)
    assert.notEqual(headers['connection'], 'close')
  }
  assert.equal(client.closed, false)
  const seen = upstreamRequests(simulator)
  assert.equal(seen.length, 4)
  assert.equal(new Set(seen.map(({ connection }) => connection)).size, 1)
  for (const { rawHeaders } of seen) assert.notEqual(header(rawHeaders, 'connection'), 'close')
})

test('an upstream that closes its own connection does not close the client’s', async (t) => {
  const { simulator, proxy } = await startPair(t, { simulator: { behaviour: { connectionClose: true } } })
  simulator.store.addManifest('team/app', imageManifest(BLOB, [BLOB]), MANIFEST_TYPE, 'v1')
  const client = await RawClient.connect(t, proxy)
  for (const method of ['HEAD', 'GET', 'HEAD', 'GET']) {
    client.write(`${method} /v2/team/app/manifests/v1 HTTP/1.1\r\nHost: registry.example.com\r\n\r\n`)
    const { status, headers } = await client.answer(method)
    assert.equal(status, 200)
    assert.notEqual(headers['connection'], 'close')
  }
  assert.equal(client.closed, false)
})
