import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { ClientRequest, IncomingMessage } from 'node:http'
import { test } from 'node:test'
import { call, fetchLayer, keepAliveAgent, open, replyTo, simulatorFor } from './client.ts'

async function failureOf(sent: ClientRequest): Promise<string> {
  const [error]: NodeJS.ErrnoException[] = await once(sent, 'error')
  return error?.code ?? ''
}

/** The bytes of a response that broke off. */
async function partOf(sent: ClientRequest): Promise<{ status: number; length: string | undefined; body: string }> {
  const [response]: IncomingMessage[] = await once(sent, 'response')
  assert.ok(response)
  let body = ''
  response.setEncoding('latin1').on('data', (text: string) => {
    body += text
  })
  const [error]: NodeJS.ErrnoException[] = await once(response, 'error')
  assert.equal(error?.code, 'ECONNRESET')
  return { status: response.statusCode ?? 0, length: response.headers['content-length'], body }
}

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

for (const [how, rst, message] of [
  ['FIN', false, 'socket hang up'],
  ['RST', true, 'read ECONNRESET'],
] as const) {
  test(`reset-before sends no byte but ${how}`, async (t) => {
    const simulator = await simulatorFor(t)
    simulator.faults.add({ action: { kind: 'reset-before', rst } })
    await assert.rejects(call(simulator, 'GET', '/v2/'), { message })
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

test('reset-body promises the whole length and cuts after some bytes', async (t) => {
  const simulator = await simulatorFor(t)
  simulator.store.addManifest('a/app', '{"schemaVersion":2}', 'application/json', '1')
  simulator.faults.add({ action: { kind: 'reset-body', bytes: 5 } })
  const sent = open(simulator, 'GET', '/v2/a/app/manifests/1')
  sent.end()
  assert.deepEqual(await partOf(sent), { status: 200, length: '19', body: '{"sch' })
})

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

test('stall-body after more bytes than there are leaves the connection to the next request', {
  timeout: 10_000,
}, async (t) => {
  const simulator = await simulatorFor(t)
  simulator.store.addManifest('a/app', '{"schemaVersion":2}', 'application/json', '1')
  simulator.faults.add({ action: { kind: 'stall-body', bytes: 100 } })
  const agent = keepAliveAgent(t)
  const body = async (): Promise<string> => {
    const sent = open(simulator, 'GET', '/v2/a/app/manifests/1', { agent })
    sent.end()
    return (await replyTo(sent)).body
  }
  assert.equal(await body(), '{"schemaVersion":2}')
  assert.equal(await body(), '{"schemaVersion":2}')
  const [first, second] = simulator.requests
  assert.equal(first?.connection, second?.connection)
})
