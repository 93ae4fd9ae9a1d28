// docs/request-handling.md: 13.1
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import type { FaultRule } from '../simulator/faults.ts'
import { digestOf } from '../simulator/store.ts'
import { send } from '../support/http-client.ts'
import { startPair, tokensSent, upstreamRequests } from '../support/pair.ts'
import {
  failureOf,
  imageManifest,
  MANIFEST_TYPE,
  putManifest,
  startUpload,
  withDigest,
} from '../support/registry-client.ts'
import { until } from '../support/until.ts'

const BLOB = digestOf('{}')
const MANIFEST = imageManifest(BLOB, [BLOB])

// Go's clients offer gzip, and what they offer goes upstream: a refusal that came in it was taken for a denial.
test('a refusal that the upstream has compressed is known', async (t) => {
  const { simulator, proxy } = await startPair(t)
  simulator.store.addManifest('team/app', MANIFEST, MANIFEST_TYPE, 'v1')
  const expired = { errors: [{ code: 'DENIED', message: 'Your authorization token has expired. Reauthenticate.' }] }
  simulator.faults.add({
    action: {
      kind: 'status',
      status: 403,
      body: gzipSync(JSON.stringify(expired)),
      headers: { 'Content-Encoding': 'gzip' },
    },
  })
  const reply = await send(proxy, 'GET', '/v2/team/app/manifests/v1', { headers: { 'Accept-Encoding': 'gzip' } })
  assert.equal(reply.status, 200, reply.body)
  assert.equal(simulator.tokens.calls, 2)
})

const UNAUTHORIZED: FaultRule['action'] = { kind: 'status', status: 401, body: 'Not Authorized\n' }

for (const refusal of [401, 403] as const) {
  test(`a GET refused with ${refusal} is sent again with a newer token`, async (t) => {
    const { simulator, proxy } = await startPair(t, { simulator: { behaviour: { expiredToken: refusal } } })
    simulator.store.addManifest('team/app', MANIFEST, MANIFEST_TYPE, 'v1')
    simulator.tokens.revokeAll()
    const reply = await send(proxy, 'GET', '/v2/team/app/manifests/v1')
    assert.equal(reply.status, 200, reply.body)
    assert.equal(reply.headers['www-authenticate'], undefined)
    assert.deepEqual(
      upstreamRequests(simulator).map(({ status }) => status),
      [refusal, 200],
    )
    assert.equal(tokensSent(simulator).length, 2)
    assert.equal(simulator.tokens.calls, 2)
  })

  test(`50 requests refused at once with ${refusal} lead to one GetAuthorizationToken call, and all succeed`, async (t) => {
    const { simulator, proxy } = await startPair(t, { simulator: { behaviour: { expiredToken: refusal } } })
    simulator.store.addManifest('team/app', MANIFEST, MANIFEST_TYPE, 'v1')
    simulator.tokens.revokeAll()
    simulator.faults.add({ listener: 'api', action: { kind: 'delay', ms: 200 } })
    const replies = await Promise.all(Array.from({ length: 50 }, () => send(proxy, 'GET', '/v2/team/app/manifests/v1')))
    assert.ok(replies.every(({ status }) => status === 200))
    assert.equal(simulator.tokens.calls, 2)
  })

  test(`an upload refused with ${refusal} is 503, which docker retries, and its body is not sent again`, async (t) => {
    const { simulator, proxy } = await startPair(t, { simulator: { behaviour: { expiredToken: refusal } } })
    const location = await startUpload(proxy, 'team/app')
    const layer = randomBytes(100_000)
    simulator.tokens.revokeAll()
    const patch = await send(proxy, 'PATCH', location, { headers: { 'Transfer-Encoding': 'chunked' }, body: layer })
    assert.equal(failureOf(patch), '503 UNAVAILABLE')
    assert.ok(Number(patch.headers['retry-after']) > 0)
    assert.equal(patch.headers['www-authenticate'], undefined)
    assert.equal(upstreamRequests(simulator).filter(({ method }) => method === 'PATCH').length, 1)
    // What docker does next. The refused token is renewed for the retry to succeed.
    const retried = await send(proxy, 'PUT', withDigest(await startUpload(proxy, 'team/app'), digestOf(layer)), {
      body: layer,
    })
    assert.equal(retried.status, 201, retried.body)
  })
}

test('a refused upload renews the token all the same, so that the next one succeeds', async (t) => {
  const { simulator, proxy } = await startPair(t)
  const [first, second] = await Promise.all([startUpload(proxy, 'team/app'), startUpload(proxy, 'team/app')])
  const before = proxy.app.ecrTokens.current
  simulator.tokens.revokeAll()
  assert.equal((await send(proxy, 'PATCH', first, { body: 'layer' })).status, 503)
  await until(() => proxy.app.ecrTokens.current !== before, 'a newer token')
  const next = await send(proxy, 'PATCH', second, { body: 'layer' })
  assert.equal(next.status, 202, next.body)
})

test('requests without a body are sent again, whatever their method', async (t) => {
  const { simulator, proxy } = await startPair(t)
  simulator.store.addManifest('team/app', MANIFEST, MANIFEST_TYPE, 'v1')
  simulator.tokens.revokeAll()
  // As crane labels it.
  const headers = { 'Content-Type': 'application/json', 'Content-Length': '0' }
  const post = await send(proxy, 'POST', '/v2/team/app/blobs/uploads/', { headers })
  assert.equal(post.status, 202, post.body)
  const location = post.headers.location ?? ''
  assert.equal((await send(proxy, 'PATCH', location, { body: 'layer' })).status, 202)
  simulator.tokens.revokeAll()
  assert.equal((await send(proxy, 'PUT', withDigest(location, digestOf('layer')), { headers })).status, 201)
  simulator.tokens.revokeAll()
  assert.equal((await send(proxy, 'DELETE', '/v2/team/app/manifests/v1')).status, 202)
})

test('a token refused twice is 503 with Retry-After; the current token stays and serves', async (t) => {
  const { simulator, proxy } = await startPair(t)
  simulator.store.addManifest('team/app', MANIFEST, MANIFEST_TYPE, 'v1')
  simulator.faults.add({ times: 2, action: UNAUTHORIZED })
  const reply = await send(proxy, 'GET', '/v2/team/app/manifests/v1')
  assert.equal(failureOf(reply), '503 UNAVAILABLE')
  assert.ok(Number(reply.headers['retry-after']) > 0)
  assert.equal(upstreamRequests(simulator).length, 2)
  assert.equal((await send(proxy, 'GET', '/v2/team/app/manifests/v1')).status, 200)
  assert.equal((await send(proxy, 'GET', '/readyz')).status, 200)
})

test('a refused token that cannot be renewed is 503, and is not dropped', async (t) => {
  const { simulator, proxy } = await startPair(t)
  simulator.store.addManifest('team/app', MANIFEST, MANIFEST_TYPE, 'v1')
  simulator.faults.add({ action: UNAUTHORIZED })
  simulator.faults.add({ listener: 'api', times: 100, action: { kind: 'reset-before' } })
  assert.equal(failureOf(await send(proxy, 'GET', '/v2/team/app/manifests/v1')), '503 UNAVAILABLE')
  assert.equal((await send(proxy, 'GET', '/v2/team/app/manifests/v1')).status, 200)
})

test('a denial is no refusal of the token: it passes as 403, is sent once, and leads to no call', async (t) => {
  const { simulator, proxy } = await startPair(t)
  const body = '{"errors":[{"code":"DENIED","message":"not authorized to perform: ecr:PutImage"}]}'
  simulator.faults.add({ action: { kind: 'status', status: 403, body } })
  assert.equal(failureOf(await send(proxy, 'GET', '/v2/team/app/manifests/v1')), '403 DENIED')
  assert.equal(upstreamRequests(simulator).length, 1)
  assert.equal(simulator.tokens.calls, 1)
})

test('a revocation in the middle of 100 pulls and pushes is seen by none of the pulls', async (t) => {
  const { simulator, proxy } = await startPair(t)
  const blob = await simulator.store.addBlob('team/app', '{}')
  const manifest = imageManifest(blob, [blob])
  await putManifest(proxy, 'team/app', 'v1', manifest)
  const replies = await Promise.all(
    Array.from({ length: 100 }, async (_, i) => {
      if (i === 30 || i === 60) simulator.tokens.revokeAll()
      return i % 5 === 0
        ? putManifest(proxy, 'team/app', `v${i}`, manifest)
        : send(proxy, 'GET', '/v2/team/app/manifests/v1')
    }),
  )
  assert.deepEqual(new Set(replies.map(({ status }) => status)), new Set([200, 201]))
})

// It went out with the token that was known to be refused, and was lost.
test('an upload that comes while a refused token is being renewed waits for the next one', async (t) => {
  const { simulator, proxy } = await startPair(t)
  simulator.store.createRepository('team/app')
  const upload = await startUpload(proxy, 'team/app')
  simulator.tokens.revokeAll()
  simulator.faults.add({ listener: 'api', action: { kind: 'delay', ms: 500 } })
  const pull = send(proxy, 'GET', '/v2/team/app/tags/list')
  await until(() => proxy.log.some(({ msg }) => msg === 'upstream refused the token; renewing it'), 'the renewal')
  assert.equal((await send(proxy, 'PATCH', upload, { body: randomBytes(1000) })).status, 202)
  assert.equal((await pull).status, 200)
  assert.equal(simulator.tokens.calls, 2)
})
