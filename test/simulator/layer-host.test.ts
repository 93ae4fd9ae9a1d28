import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { test } from 'node:test'
import { call, fetchLayer, simulatorFor } from './client.ts'
import { Presigner } from './presigned.ts'
import type { Simulator } from './simulator.ts'

async function withLayer(t: TestContext, content = '0123456789'): Promise<{ simulator: Simulator; url: string }> {
  const simulator = await simulatorFor(t)
  const digest = await simulator.store.addBlob('a/app', content)
  const redirect = await call(simulator, 'GET', `/v2/a/app/blobs/${digest}`)
  return { simulator, url: redirect.headers.location ?? '' }
}

test('the presigned URL gets the layer, with the headers of S3', async (t) => {
  const { simulator, url } = await withLayer(t)
  const { status, headers, body } = await fetchLayer(simulator, url)
  assert.deepEqual([status, body], [200, '0123456789'])
  assert.equal(headers['content-length'], '10')
  assert.equal(headers['accept-ranges'], 'bytes')
  assert.equal(headers['content-type'], 'binary/octet-stream')
  assert.equal(headers.server, 'AmazonS3')
  assert.match(headers.etag ?? '', /^"[0-9a-f]{32}-1"$/)
  assert.ok(headers['x-amz-request-id'])
})

test('an empty layer can be had', async (t) => {
  const { simulator, url } = await withLayer(t, '')
  const { status, headers } = await fetchLayer(simulator, url)
  assert.deepEqual([status, headers['content-length']], [200, '0'])
})

test('an Authorization header next to the query is a 400, and is on record', async (t) => {
  const { simulator, url } = await withLayer(t)
  const { status, headers, body } = await fetchLayer(simulator, url, 'GET', { Authorization: 'Basic c2VjcmV0' })
  assert.equal(status, 400)
  assert.equal(headers['content-type'], 'application/xml')
  assert.match(body, /<Code>InvalidArgument<\/Code><Message>Only one auth mechanism allowed; only the X-Amz-Algorithm/)
  const recorded = simulator.requests.find(({ listener }) => listener === 'layer')
  assert.equal(recorded?.rawHeaders.includes('Basic c2VjcmV0'), true)
})

test('the URL is signed for GET: HEAD is a 403 without a body', async (t) => {
  const { simulator, url } = await withLayer(t)
  const { status, body } = await fetchLayer(simulator, url, 'HEAD')
  assert.deepEqual([status, body], [403, ''])
})

for (const [what, alter, code] of [
  ['no query', (url: URL) => (url.search = ''), 'AccessDenied'],
  ['another signature', (url: URL) => url.searchParams.set('X-Amz-Signature', '0'.repeat(64)), 'SignatureDoesNotMatch'],
  ['a longer life', (url: URL) => url.searchParams.set('X-Amz-Expires', '604800'), 'SignatureDoesNotMatch'],
  ['another object', (url: URL) => (url.pathname += '0'), 'SignatureDoesNotMatch'],
] as const) {
  test(`a URL with ${what} is a 403 ${code}`, async (t) => {
    const { simulator, url } = await withLayer(t)
    const altered = new URL(url)
    alter(altered)
    const { status, body } = await fetchLayer(simulator, altered.href)
    assert.equal(status, 403)
    assert.match(body, new RegExp(`<Code>${code}</Code>`))
  })
}

test('a URL of yesterday has expired', async (t) => {
  const { simulator, url } = await withLayer(t)
  const altered = new URL(url)
  altered.searchParams.set('X-Amz-Date', '20200101T000000Z')
  const { status, body } = await fetchLayer(simulator, altered.href)
  assert.equal(status, 403)
  assert.match(body, /<Code>AccessDenied<\/Code><Message>Request has expired<\/Message><X-Amz-Expires>3600</)
})

test('a signature is good for an hour', () => {
  const presigner = new Presigner('us-east-1')
  const verdictAfter = (seconds: number) => {
    const url = new URL(presigner.sign('https://bucket.example', '/key', Date.now() - seconds * 1000))
    return presigner.verify({
      method: 'GET',
      path: url.pathname,
      rawQuery: url.search.slice(1),
      query: url.searchParams,
      headers: { host: url.host },
      body: (async function* () {})(),
    })
  }
  assert.equal(verdictAfter(3_590), 'valid')
  assert.equal(typeof verdictAfter(3_601), 'object')
})

for (const [range, part, contentRange] of [
  ['bytes=2-4', '234', 'bytes 2-4/10'],
  ['bytes=7-', '789', 'bytes 7-9/10'],
  ['bytes=8-99', '89', 'bytes 8-9/10'],
  ['bytes=-3', '789', 'bytes 7-9/10'],
] as const) {
  test(`${range} is a 206`, async (t) => {
    const { simulator, url } = await withLayer(t)
    const { status, headers, body } = await fetchLayer(simulator, url, 'GET', { Range: range })
    assert.deepEqual([status, body, headers['content-range']], [206, part, contentRange])
    assert.equal(headers['content-length'], String(part.length))
  })
}

test('a range past the end is a 416, and what S3 does not understand is the whole layer', async (t) => {
  const { simulator, url } = await withLayer(t)
  const past = await fetchLayer(simulator, url, 'GET', { Range: 'bytes=10-' })
  assert.deepEqual([past.status, past.headers['content-range']], [416, 'bytes */10'])
  assert.match(past.body, /<Code>InvalidRange<\/Code>/)
  for (const range of ['bytes=1-2,4-5', 'lines=1-2', 'bytes=4-2']) {
    assert.equal((await fetchLayer(simulator, url, 'GET', { Range: range })).status, 200, range)
  }
})
