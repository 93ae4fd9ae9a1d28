// docs/request-handling.md: 22
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LOG_WRITE_BYTES } from '../../src/limits.ts'
import { digestOf } from '../simulator/store.ts'
import { type Sent, send } from '../support/http-client.ts'
import { startPair } from '../support/pair.ts'
import type { TestProxy } from '../support/proxy.ts'
import { RawClient } from '../support/raw-client.ts'
import { imageManifest, MANIFEST_TYPE, putManifest, startUpload, withDigest } from '../support/registry-client.ts'
import { until } from '../support/until.ts'

type Line = Record<string, unknown>

function lines({ log }: TestProxy): Line[] {
  return log.filter(({ msg }) => msg === 'request')
}

/** The access line of one request, which must be its only one. */
async function lineOf(proxy: TestProxy, method: string, path: string, sent: Sent = {}): Promise<Line> {
  const before = lines(proxy).length
  await send(proxy, method, path, sent)
  await until(() => lines(proxy).length > before, 'the access line')
  assert.equal(lines(proxy).length, before + 1)
  return lines(proxy).at(-1) ?? {}
}

const BLOB = digestOf('{}')
const MANIFEST = imageManifest(BLOB, [BLOB])

test('a pull: one line with everything that tells who waited for what', async (t) => {
  const { simulator, proxy } = await startPair(t)
  simulator.store.addManifest('team/app', MANIFEST, MANIFEST_TYPE, 'v1')
  const line = await lineOf(proxy, 'GET', '/v2/team/app/manifests/v1?x=y', {
    headers: { 'User-Agent': 'docker/29.0', 'X-Request-Id': 'request-1' },
  })
  const { time, pid, hostname, durationMs, upstreamMs, tokenAgeSeconds, ...rest } = line
  assert.deepEqual(rest, {
    level: 30,
    reqId: 'request-1',
    msg: 'request',
    method: 'GET',
    kind: 'manifest',
    repository: 'team/app',
    reference: 'v1',
    status: 200,
    bytesIn: 0,
    bytesOut: Buffer.byteLength(MANIFEST),
    client: '127.0.0.1',
    userAgent: 'docker/29.0',
    replayed: false,
  })
  for (const number of [time, pid, durationMs, upstreamMs, tokenAgeSeconds]) assert.equal(typeof number, 'number')
  assert.ok(Number(upstreamMs) <= Number(durationMs) + 1)
  assert.equal(typeof hostname, 'string')
})

test('every kind of request has its one line', async (t) => {
  const { simulator, proxy } = await startPair(t)
  await simulator.store.addBlob('team/app', '{}')
  simulator.store.addManifest('team/app', MANIFEST, MANIFEST_TYPE, 'v1')
  const location = await startUpload(proxy, 'team/app')
  await until(() => lines(proxy).length === 1, 'the line of the upload')
  const asked = (line: Line): unknown[] => [line['kind'], line['repository'], line['reference'], line['status']]

  assert.deepEqual(asked(await lineOf(proxy, 'GET', '/v2/')), ['ping', undefined, undefined, 200])
  assert.deepEqual(asked(await lineOf(proxy, 'GET', '/v2/_catalog')), ['catalog', undefined, undefined, 200])
  assert.deepEqual(asked(await lineOf(proxy, 'GET', '/v2/team/app/tags/list')), ['tags', 'team/app', undefined, 200])
  assert.deepEqual(asked(await lineOf(proxy, 'HEAD', `/v2/team/app/blobs/${BLOB}`)), ['blob', 'team/app', BLOB, 200])
  assert.deepEqual(asked(await lineOf(proxy, 'GET', `/v2/team/app/referrers/${BLOB}`)), [
    'referrers',
    'team/app',
    BLOB,
    200,
  ])
  const patch = await lineOf(proxy, 'PATCH', location, { body: 'layer' })
  assert.deepEqual(asked(patch), ['upload', 'team/app', undefined, 202])
  assert.equal(patch['bytesIn'], 5)
  assert.deepEqual(asked(await lineOf(proxy, 'PUT', withDigest(location, digestOf('layer')))), [
    'upload',
    'team/app',
    undefined,
    201,
  ])
  const missing = await lineOf(proxy, 'GET', '/v2/team/app/manifests/missing')
  assert.deepEqual(asked(missing), ['manifest', 'team/app', 'missing', 404])
  assert.ok(Number(missing['bytesOut']) > 0)

  const invalid = await lineOf(proxy, 'GET', '/v2/Team/manifests/v1?secret=1')
  assert.equal(invalid['status'], 400)
  assert.equal(invalid['path'], '/v2/Team/manifests/v1')
  const nowhere = await lineOf(proxy, 'GET', `/${'x'.repeat(1000)}?secret=1`, {
    headers: { 'User-Agent': 'y'.repeat(1000) },
  })
  assert.equal(nowhere['status'], 404)
  assert.equal(String(nowhere['path']).length, 256)
  assert.equal(String(nowhere['userAgent']).length, 256)
  assert.ok(!JSON.stringify(proxy.log).includes('secret'))
})

test('a request that was sent again says so, and its bytes are counted once', async (t) => {
  const { simulator, proxy } = await startPair(t)
  await simulator.store.addBlob('team/app', '{}')
  simulator.tokens.revokeAll()
  const get = await lineOf(proxy, 'GET', '/v2/team/app/tags/list')
  assert.equal(get['replayed'], true)
  simulator.tokens.revokeAll()
  const before = lines(proxy).length
  await putManifest(proxy, 'team/app', 'v1', MANIFEST)
  const put = await until(() => lines(proxy)[before], 'the access line')
  assert.equal(put['replayed'], true)
  assert.equal(put['bytesIn'], Buffer.byteLength(MANIFEST))
})

test('a manifest counts all that came, also where it is too large', async (t) => {
  const { proxy } = await startPair(t)
  const line = await lineOf(proxy, 'PUT', '/v2/team/app/manifests/v1', {
    headers: { 'Transfer-Encoding': 'chunked' },
    body: Buffer.alloc(5_000_000),
  })
  assert.equal(line['status'], 413)
  assert.ok(Number(line['bytesIn']) > 4 * 1024 * 1024)
})

test('probes are told at debug level alone', async (t) => {
  const { proxy } = await startPair(t, { environment: { LOG_LEVEL: 'debug' } })
  assert.equal((await lineOf(proxy, 'GET', '/healthz'))['level'], 20)
  assert.equal((await lineOf(proxy, 'GET', '/readyz'))['level'], 20)
  assert.equal((await lineOf(proxy, 'GET', '/readyz?from=lb'))['level'], 20)
  assert.equal((await lineOf(proxy, 'GET', '/readyzz'))['level'], 30)
  assert.equal((await lineOf(proxy, 'GET', '/v2/'))['level'], 30)
})

test('a request-target in absolute-form tells its path alone', async (t) => {
  const { proxy } = await startPair(t)
  const client = await RawClient.connect(t, proxy)
  client.write('GET HTTP://user:secret@registry.example.com/elsewhere?x HTTP/1.1\r\nHost: registry.example.com\r\n\r\n')
  await client.answer('GET')
  assert.equal((await until(() => lines(proxy)[0], 'the access line'))['path'], '/elsewhere')
  assert.ok(!JSON.stringify(proxy.log).includes('secret'))
})

// A line that is longer than a pipe keeps whole is torn by those of other workers.
test('neither a client nor the upstream makes a line long', async (t) => {
  const { simulator, proxy } = await startPair(t, { environment: { TRUST_PROXY: '127.0.0.1' } })
  const long = 'a'.repeat(10_000)
  simulator.faults.add({
    action: {
      kind: 'status',
      status: 400,
      body: JSON.stringify({ errors: Array.from({ length: 3 }, () => ({ code: long, message: long })) }),
    },
  })
  const headers = { 'X-Forwarded-For': long, 'User-Agent': long }
  assert.equal((await lineOf(proxy, 'GET', '/v2/team/app/tags/list', { headers }))['status'], 400)
  assert.equal((await lineOf(proxy, 'GET', `/v2/team/app/manifests/foo:${long}`, { headers }))['status'], 404)
  for (const line of proxy.log) assert.ok(JSON.stringify(line).length < LOG_WRITE_BYTES, JSON.stringify(line))
})
