// docs/request-handling.md: 2, 11
// Headers by which a client says who it is were believed from anyone (fastify GHSA-444r-cwp2-x5xf, CVE-2026-16732): it chose
// the address in the log, and wrote lines of its own into it by its request id.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { send } from '../support/http-client.ts'
import { header, startPair, upstreamRequests } from '../support/pair.ts'
import { until } from '../support/until.ts'

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

test('a client’s X-Request-Id is kept when it is harmless, and replaced when it is not', async (t) => {
  const { proxy } = await startPair(t)
  for (const id of ['a', 'Az09._-', 'x'.repeat(64)]) {
    assert.equal((await send(proxy, 'GET', '/v2/', { headers: { 'X-Request-Id': id } })).headers['x-request-id'], id)
    await until(() => proxy.log.some(({ reqId }) => reqId === id), 'its line')
  }
  for (const id of ['', 'x'.repeat(65), 'a b', 'a"b', 'a/b', 'é', '{"a":1}', 'a,b']) {
    const told = (await send(proxy, 'GET', '/v2/', { headers: { 'X-Request-Id': id } })).headers['x-request-id']
    assert.match(String(told), UUID, id)
  }
  const twice = await send(proxy, 'GET', '/v2/', { headers: { 'X-Request-Id': ['a', 'b'] } })
  assert.match(String(twice.headers['x-request-id']), UUID)
})

test('every kind of answer carries its X-Request-Id, once', async (t) => {
  const { simulator, proxy } = await startPair(t)
  const digest = await simulator.store.addBlob('team/app', 'layer')
  for (const [method, path] of [
    ['GET', '/v2/'],
    ['GET', '/v2/team/app/tags/list'],
    ['GET', `/v2/team/app/blobs/${digest}`],
    ['POST', '/v2/team/app/blobs/uploads/'],
    ['GET', '/v2/team/app/manifests/missing'],
    ['GET', '/v2/A/manifests/v1'],
    ['GET', '/nowhere'],
    ['GET', '/healthz'],
    ['GET', '/readyz'],
    ['POST', '/v2/'],
  ] as const) {
    const { rawHeaders } = await send(proxy, method, path, { headers: { 'X-Request-Id': 'mine' } })
    const ids = rawHeaders.filter((_, i) => i % 2 === 1 && rawHeaders[i - 1]?.toLowerCase() === 'x-request-id')
    assert.deepEqual(ids, ['mine'], `${method} ${path}`)
  }
})

const FORWARDED = { 'X-Forwarded-For': '203.0.113.7, 198.51.100.9' }

test('without TRUST_PROXY the client is the peer, whatever it says', async (t) => {
  const { simulator, proxy } = await startPair(t)
  await send(proxy, 'GET', '/v2/team/app/tags/list', { headers: FORWARDED })
  const line = await until(() => proxy.log.find(({ msg }) => msg === 'request'), 'the access line')
  assert.equal(line['client'], '127.0.0.1')
  assert.equal(header(upstreamRequests(simulator)[0]?.rawHeaders ?? [], 'x-forwarded-for'), undefined)
})

for (const [trusted, client] of [
  ['127.0.0.0/8', '198.51.100.9'],
  ['127.0.0.1, 198.51.100.0/24', '203.0.113.7'],
  ['10.0.0.0/8', '127.0.0.1'],
] as const) {
  test(`with TRUST_PROXY=${trusted} the client is ${client}`, async (t) => {
    const { proxy } = await startPair(t, { environment: { TRUST_PROXY: trusted } })
    await send(proxy, 'GET', '/v2/', { headers: FORWARDED })
    const line = await until(() => proxy.log.find(({ msg }) => msg === 'request'), 'the access line')
    assert.equal(line['client'], client)
  })
}
