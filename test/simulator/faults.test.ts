import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { ClientRequest, IncomingMessage } from 'node:http'
import { test } from 'node:test'
import { call, errorOf, fetchLayer, open, replyTo, simulatorFor } from './client.ts'
import { notPermitted, rateExceeded } from './fault-presets.ts'
import type { FaultAction } from './faults.ts'

async function failureOf(sent: ClientRequest): Promise<string> {
  const [error]: NodeJS.ErrnoException[] = await once(sent, 'error')
  return error?.code ?? ''
}

/** The bytes of a response that broke off. */
async function partOf(sent: ClientRequest): Promise<{ status: number; body: string }> {
  const [response]: IncomingMessage[] = await once(sent, 'response')
  assert.ok(response)
  let body = ''
  response.setEncoding('latin1').on('data', (text: string) => {
    body += text
  })
  const [error]: NodeJS.ErrnoException[] = await once(response, 'error')
  assert.equal(error?.code, 'ECONNRESET')
  return { status: response.statusCode ?? 0, body }
}

test('a status fault hits once, and what comes next is served', async (t) => {
  const simulator = await simulatorFor(t)
  const fault = simulator.faults.add({ action: { kind: 'status', status: 500, body: 'oops', headers: { 'X-A': 'b' } } })
  const failed = await call(simulator, 'GET', '/v2/')
  assert.deepEqual([failed.status, failed.body, failed.headers['x-a']], [500, 'oops', 'b'])
  assert.equal((await call(simulator, 'GET', '/v2/')).status, 200)
  assert.equal(fault.hits, 1)
})

test('method, path, listener, after and times choose what is hit', async (t) => {
  const simulator = await simulatorFor(t)
  const action: FaultAction = { kind: 'status', status: 503 }
  const chosen = simulator.faults.add({ method: 'GET', path: /^\/v2\/_catalog\?n=/g, after: 1, times: 2, action })
  simulator.faults.add({ listener: 'layer', times: Number.POSITIVE_INFINITY, action })
  const statuses = []
  for (const path of ['/v2/', '/v2/_catalog', ...Array.from({ length: 4 }, () => '/v2/_catalog?n=1')]) {
    statuses.push((await call(simulator, 'GET', path)).status)
  }
  assert.deepEqual(statuses, [200, 200, 200, 503, 503, 200])
  assert.equal((await call(simulator, 'HEAD', '/v2/_catalog?n=1')).status, 200)
  assert.equal(chosen.hits, 2)
})

test('a fault can be removed, and all can be cleared', async (t) => {
  const simulator = await simulatorFor(t)
  const rule = { times: Number.POSITIVE_INFINITY, action: { kind: 'status', status: 503 } } as const
  simulator.faults.add(rule).remove()
  assert.equal((await call(simulator, 'GET', '/v2/')).status, 200)
  simulator.faults.add(rule)
  assert.equal((await call(simulator, 'GET', '/v2/')).status, 503)
  simulator.faults.clear()
  assert.equal((await call(simulator, 'GET', '/v2/')).status, 200)
})

test('throttling is a 429 in JSON without a Retry-After', async (t) => {
  const simulator = await simulatorFor(t)
  simulator.faults.add({ action: rateExceeded() })
  const reply = await call(simulator, 'GET', '/v2/')
  assert.equal(reply.status, 429)
  assert.deepEqual(errorOf(reply), { code: 'TOOMANYREQUESTS', message: 'Rate exceeded' })
  assert.equal(reply.headers['content-type'], 'application/json; charset=utf-8')
  assert.equal('retry-after' in reply.headers, false)
})

test('a denial names the role', async (t) => {
  const simulator = await simulatorFor(t)
  simulator.faults.add({ action: notPermitted('ecr:BatchGetImage', 'a/app') })
  const reply = await call(simulator, 'GET', '/v2/a/app/manifests/1')
  assert.deepEqual([reply.status, errorOf(reply).code], [403, 'DENIED'])
  assert.match(
    errorOf(reply).message,
    /^User: arn:aws:sts::123456789012:assumed-role\/\S+ is not authorized to perform: ecr:BatchGetImage on/,
  )
})

test('a status comes before the request body is read, and after it with drain', async (t) => {
  const simulator = await simulatorFor(t)
  simulator.faults.add({ action: { kind: 'status', status: 403 } })
  const early = open(simulator, 'PATCH', '/v2/x')
  early.write('the first part')
  assert.equal((await replyTo(early)).status, 403)
  early.destroy()
  simulator.faults.add({ action: { kind: 'status', status: 403, drain: true } })
  const late = open(simulator, 'PATCH', '/v2/y')
  late.write('the first part')
  await simulator.waitForRequest(({ url, bodyBytes }) => url === '/v2/y' && bodyBytes === 14)
  assert.equal(simulator.requests.at(-1)?.status, undefined)
  late.end()
  assert.equal((await replyTo(late)).status, 403)
})

test('a status with thenClose leaves the rest of the request unread and drops the connection', async (t) => {
  const simulator = await simulatorFor(t)
  simulator.faults.add({ action: { kind: 'status', status: 401, thenClose: true } })
  const sent = open(simulator, 'PATCH', '/v2/x', { headers: { 'Transfer-Encoding': 'chunked' } })
  const closed = once(sent, 'close')
  sent.on('error', () => undefined)
  sent.write('the first part')
  const reply = await replyTo(sent)
  assert.deepEqual([reply.status, reply.headers.connection], [401, 'close'])
  await closed
})

test('a delay holds the request back, delay-answer the answer', async (t) => {
  const simulator = await simulatorFor(t)
  for (const kind of ['delay', 'delay-answer'] as const) {
    simulator.faults.add({ action: { kind, ms: 100 } })
    const start = performance.now()
    assert.equal((await call(simulator, 'GET', '/v2/')).status, 200)
    assert.ok(performance.now() - start >= 99, kind)
  }
})

test('delay-answer takes the body first: ECR puts a layer together in silence', async (t) => {
  const simulator = await simulatorFor(t)
  simulator.faults.add({ action: { kind: 'delay-answer', ms: 3_600_000 } })
  simulator.store.createRepository('a/app')
  const sent = open(simulator, 'POST', '/v2/a/app/blobs/uploads/?digest=sha256:0')
  sent.on('error', () => undefined)
  sent.end('a layer')
  await simulator.waitForRequest(({ bodyBytes }) => bodyBytes === 7)
  sent.destroy()
  await simulator.waitForRequest(({ aborted }) => aborted)
})

test('a stall reads the body and never answers; the client that gives up is on record', async (t) => {
  const simulator = await simulatorFor(t)
  simulator.faults.add({ action: { kind: 'stall' } })
  const sent = open(simulator, 'PATCH', '/v2/x')
  sent.on('error', () => undefined)
  sent.end(Buffer.alloc(1_000_000))
  const request = await simulator.waitForRequest(({ bodyBytes }) => bodyBytes === 1_000_000)
  assert.deepEqual([request.finished, request.status], [false, undefined])
  sent.destroy()
  await simulator.waitForRequest(({ finished, aborted }) => finished && aborted)
})

test('stall-reading leaves the body where it is: the client is held back', async (t) => {
  const simulator = await simulatorFor(t)
  simulator.faults.add({ action: { kind: 'stall-reading' } })
  const sent = open(simulator, 'PATCH', '/v2/x')
  sent.on('error', () => undefined)
  const flushed = new Promise((resolve) => {
    sent.write(Buffer.alloc(64 * 1024 * 1024), () => resolve('flushed'))
  })
  const request = await simulator.waitForRequest(({ url }) => url === '/v2/x')
  const first = await Promise.race([flushed, new Promise((resolve) => setTimeout(() => resolve('held back'), 300))])
  assert.deepEqual([first, request.bodyBytes], ['held back', 0])
  sent.destroy()
})

for (const [rst, code] of [
  [false, 'ECONNRESET'],
  [true, 'ECONNRESET'],
] as const) {
  test(`reset-before sends no byte (RST: ${rst})`, async (t) => {
    const simulator = await simulatorFor(t)
    simulator.faults.add({ action: { kind: 'reset-before', rst } })
    const sent = open(simulator, 'GET', '/v2/')
    const failed = failureOf(sent)
    sent.end()
    assert.equal(await failed, code)
    const request = await simulator.waitForRequest(({ finished }) => finished)
    assert.deepEqual([request.aborted, request.status], [false, undefined])
  })
}

test('reset-after-bytes cuts in the middle of the request body', async (t) => {
  const simulator = await simulatorFor(t)
  simulator.faults.add({ action: { kind: 'reset-after-bytes', requestBytes: 100_000 } })
  const sent = open(simulator, 'PATCH', '/v2/x', { headers: { 'Content-Length': '10000000' } })
  const failed = failureOf(sent)
  sent.write(Buffer.alloc(200_000))
  assert.match(await failed, /ECONNRESET|EPIPE/)
  const [request] = simulator.requests
  assert.ok((request?.bodyBytes ?? 0) >= 100_000 && (request?.bodyBytes ?? 0) <= 200_000)
})

for (const rst of [false, true]) {
  test(`reset-body promises the whole length and cuts after some bytes (RST: ${rst})`, async (t) => {
    const simulator = await simulatorFor(t)
    simulator.store.addManifest('a/app', '{"schemaVersion":2}', 'application/json', '1')
    simulator.faults.add({ action: { kind: 'reset-body', bytes: 5, rst } })
    const sent = open(simulator, 'GET', '/v2/a/app/manifests/1')
    sent.end()
    const { status, body } = await partOf(sent)
    assert.equal(status, 200)
    // An RST may overtake what was sent before it.
    assert.ok(rst ? body.length <= 5 : body === '{"sch', body)
  })
}

test('reset-body cuts layers, too', async (t) => {
  const simulator = await simulatorFor(t)
  const digest = await simulator.store.addBlob('a/app', Buffer.alloc(1_000_000))
  simulator.faults.add({ listener: 'layer', action: { kind: 'reset-body', bytes: 500_000 } })
  const { headers } = await call(simulator, 'GET', `/v2/a/app/blobs/${digest}`)
  await assert.rejects(fetchLayer(simulator, headers.location ?? ''), { code: 'ECONNRESET' })
  const [, request] = simulator.requests
  assert.deepEqual([request?.listener, request?.status], ['layer', 200])
})

test('stall-body sends some bytes and then nothing', async (t) => {
  const simulator = await simulatorFor(t)
  simulator.store.addManifest('a/app', '{"schemaVersion":2}', 'application/json', '1')
  simulator.faults.add({ action: { kind: 'stall-body', bytes: 5 } })
  const sent = open(simulator, 'GET', '/v2/a/app/manifests/1')
  sent.end()
  const [response]: IncomingMessage[] = await once(sent, 'response')
  const [chunk]: Buffer[] = response === undefined ? [] : await once(response, 'data')
  assert.equal(chunk?.toString(), '{"sch')
  assert.equal(simulator.requests[0]?.finished, false)
  response?.on('error', () => undefined)
  sent.destroy()
  await simulator.waitForRequest(({ aborted }) => aborted)
})

test('headers are replaced whatever their case, and added', async (t) => {
  const simulator = await simulatorFor(t)
  simulator.store.createRepository('a/app')
  simulator.faults.add({ action: { kind: 'headers', set: { location: 'https://evil.example/v2/', 'X-New': '1' } } })
  const { status, headers, rawHeaders } = await call(simulator, 'POST', '/v2/a/app/blobs/uploads/')
  assert.deepEqual([status, headers.location, headers['x-new']], [202, 'https://evil.example/v2/', '1'])
  assert.equal(rawHeaders.filter((name) => name.toLowerCase() === 'location').length, 1)
})
