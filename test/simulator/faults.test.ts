import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { call, errorOf, open, replyTo, simulatorFor } from './client.ts'
import { notPermitted, rateExceeded } from './fault-presets.ts'
import type { FaultAction } from './faults.ts'

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

test('headers are replaced whatever their case, and added', async (t) => {
  const simulator = await simulatorFor(t)
  simulator.store.createRepository('a/app')
  simulator.faults.add({ action: { kind: 'headers', set: { location: 'https://evil.example/v2/', 'X-New': '1' } } })
  const { status, headers, rawHeaders } = await call(simulator, 'POST', '/v2/a/app/blobs/uploads/')
  assert.deepEqual([status, headers.location, headers['x-new']], [202, 'https://evil.example/v2/', '1'])
  assert.equal(rawHeaders.filter((name) => name.toLowerCase() === 'location').length, 1)
})
