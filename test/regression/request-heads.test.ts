// docs/request-handling.md: 1
// Heads above 16 KiB were 431 in Fastify's JSON, a URL that does not decode was 400 in it, and a garbled one closed the
// connection without a word: clients printed HTML, JSON or nothing, and retried.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { send } from '../support/http-client.ts'
import { header, startPair, upstreamRequests } from '../support/pair.ts'
import { RawClient } from '../support/raw-client.ts'
import { failureOf } from '../support/registry-client.ts'
import { until } from '../support/until.ts'

const KIB = 1024

test('headers of 40 KiB pass, as MAX_HEADER_SIZE allows', async (t) => {
  const { simulator, proxy } = await startPair(t)
  simulator.store.createRepository('team/app')
  const large = 'x'.repeat(40 * KIB)
  assert.equal((await send(proxy, 'GET', '/v2/team/app/tags/list', { headers: { 'X-Large': large } })).status, 200)
  assert.equal(header(upstreamRequests(simulator)[0]?.rawHeaders ?? [], 'x-large'), large)
})

test('a head that is too large is 431 as a registry error', async (t) => {
  const { simulator, proxy } = await startPair(t)
  const client = await RawClient.connect(t, proxy)
  client.write(`GET /v2/ HTTP/1.1\r\nHost: x\r\nX-Large: ${'x'.repeat(70 * KIB)}\r\n\r\n`)
  const { status, headers, body } = await client.answer()
  assert.equal(status, 431)
  assert.equal(headers['content-type'], 'application/json')
  assert.equal(headers['connection'], 'close')
  assert.equal(JSON.parse(body).errors[0].code, 'UNSUPPORTED')
  assert.equal(upstreamRequests(simulator).length, 0)
})

const garbled = [
  'NOT HTTP\r\n\r\n',
  'GET /v2/ HTTP/9.9\r\n\r\n',
  'GET /v2/ HTTP/1.1\r\nHost: x\r\nbad header\r\n\r\n',
  'GET /v2/ HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n',
  'POST /v2/a/blobs/uploads/ HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  'POST /v2/a/blobs/uploads/ HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n',
  '\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003 a TLS hello',
]

for (const head of garbled) {
  test(`a garbled head is 400 as a registry error, and the process lives: ${JSON.stringify(head.slice(0, 60))}`, async (t) => {
    const { simulator, proxy } = await startPair(t)
    const client = await RawClient.connect(t, proxy)
    client.write(head)
    const { status, headers, body } = await client.answer()
    assert.equal(status, 400)
    assert.equal(headers['content-type'], 'application/json')
    assert.equal(JSON.parse(body).errors.length, 1)
    assert.equal((await send(proxy, 'GET', '/v2/')).status, 200)
    assert.equal(upstreamRequests(simulator).length, 0)
  })
}

test('a URL that does not decode is a registry error with a request id and an access line', async (t) => {
  const { proxy } = await startPair(t)
  const reply = await send(proxy, 'GET', '/v2/team/app/manifests/%zz', { headers: { 'X-Request-Id': 'mine' } })
  assert.equal(failureOf(reply), '400 NAME_INVALID')
  assert.equal(reply.headers['x-request-id'], 'mine')
  const line = await until(() => proxy.log.find(({ msg }) => msg === 'request'), 'the access line')
  assert.equal(line['status'], 400)
  assert.equal(line['path'], '/v2/team/app/manifests/%zz')
  assert.equal(line['client'], '127.0.0.1')
  assert.equal(line['reqId'], 'mine')
  assert.equal(proxy.app.drain.inFlight, 0)
})

test('a body where the API has none is 400, and reaches nobody', async (t) => {
  const { simulator, proxy } = await startPair(t)
  for (const method of ['GET', 'DELETE', 'HEAD']) {
    const reply = await send(proxy, method, '/v2/team/app/manifests/v1', {
      headers: { 'Content-Length': '4' },
      body: 'body',
    })
    assert.equal(reply.status, 400)
  }
  assert.equal(upstreamRequests(simulator).length, 0)
})

test('a request that smuggles another one in its body is one request', async (t) => {
  const { simulator, proxy } = await startPair(t)
  simulator.store.createRepository('team/app')
  const client = await RawClient.connect(t, proxy)
  const hidden = 'GET /v2/team/app/tags/list HTTP/1.1\r\nHost: x\r\n\r\n'
  client.write(`GET /v2/team/app/manifests/v1 HTTP/1.1\r\nHost: x\r\nContent-Length: ${hidden.length}\r\n\r\n${hidden}`)
  assert.equal((await client.answer()).status, 400)
  client.write('GET /v2/ HTTP/1.1\r\nHost: x\r\n\r\n')
  assert.equal((await client.answer()).body, '{}')
  assert.equal(upstreamRequests(simulator).length, 0)
})
