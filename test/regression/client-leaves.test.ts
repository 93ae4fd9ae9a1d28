// docs/request-handling.md: 16
// reply-from cannot cancel a request that has no body: a client that left while the answer was awaited kept the upstream
// request open for minutes, and one that left while the token was awaited had its request sent all the same.
import assert from 'node:assert/strict'
import type { ClientRequest } from 'node:http'
import { test } from 'node:test'
import { MANIFEST_TYPE, startUpload } from '../support/registry-client.ts'
import { open, send } from '../support/http-client.ts'
import { RawClient } from '../support/raw-client.ts'
import { simulatorConnector } from '../support/simulator-connector.ts'
import { startPair, upstreamRequests } from '../support/pair.ts'
import type { TestProxy } from '../support/proxy.ts'
import { until } from '../support/until.ts'

const TAGS = '/v2/team/app/tags/list'

/** A request that is on its way; its client's own errors are of no interest. */
function begin(proxy: TestProxy, method: string, path: string): ClientRequest {
  const request = open(proxy, method, path)
  request.on('error', () => undefined)
  return request
}

/** Waits until the proxy has noticed that a client left: one aborted access line, and nothing in flight. */
async function untilGone(proxy: TestProxy): Promise<Record<string, unknown>> {
  const line = await until(() => proxy.log.find((each) => each['aborted'] === true), 'the access line')
  assert.equal(proxy.app.drain.inFlight, 0)
  return line
}

test('a client that leaves while the token is awaited: nothing is ever sent upstream', async (t) => {
  const { simulator, proxy } = await startPair(t, {
    ready: false,
    prepare: ({ faults }) => {
      faults.add({ listener: 'api', action: { kind: 'delay', ms: 500 } })
    },
  })
  const request = begin(proxy, 'GET', TAGS)
  request.end()
  await until(() => proxy.app.drain.inFlight === 1, 'the request')
  request.destroy()
  const line = await untilGone(proxy)
  assert.equal(line['status'], undefined)
  await proxy.app.ecrTokens.acquire()
  assert.equal((await send(proxy, 'GET', TAGS)).status, 404)
  assert.equal(upstreamRequests(simulator).length, 1)
})

for (const method of ['GET', 'HEAD', 'DELETE']) {
  test(`a client that leaves while the answer to its ${method} is awaited: the upstream request ends at once`, async (t) => {
    const { simulator, proxy } = await startPair(t)
    simulator.faults.add({ action: { kind: 'stall' } })
    const request = begin(proxy, method, '/v2/team/app/manifests/v1')
    request.end()
    await simulator.waitForRequest(({ listener }) => listener === 'registry')
    request.destroy()
    await simulator.waitForRequest(({ listener, aborted }) => listener === 'registry' && aborted)
    await untilGone(proxy)
  })
}

test('a client that leaves while a connection is awaited: its request is never sent', async (t) => {
  const held: (() => void)[] = []
  const { simulator, proxy } = await startPair(t, {
    prepare: (simulator) => {
      const connect = simulatorConnector(simulator)
      return { connector: (options, callback) => held.push(() => connect(options, callback)) }
    },
  })
  const request = begin(proxy, 'GET', TAGS)
  request.end()
  await until(() => held.length > 0, 'a connection to be made')
  request.destroy()
  await untilGone(proxy)
  const next = send(proxy, 'GET', '/v2/team/other/tags/list')
  await until(() => proxy.app.drain.inFlight === 1, 'the next request')
  for (const connect of held) connect()
  await until(() => held.length > 1 || upstreamRequests(simulator).length > 0, 'the next request upstream')
  for (const connect of held.slice(1)) connect()
  assert.equal((await next).status, 404)
  assert.deepEqual(
    upstreamRequests(simulator).map(({ url }) => url),
    ['/v2/team/other/tags/list'],
  )
})

test('a client that leaves while a throttled request waits to be sent again: it is not', async (t) => {
  const { simulator, proxy } = await startPair(t)
  simulator.faults.add({ times: 2, action: { kind: 'status', status: 429, headers: { 'Retry-After': '1' } } })
  const request = begin(proxy, 'GET', TAGS)
  request.end()
  await simulator.waitForRequest(({ listener, finished }) => listener === 'registry' && finished)
  request.destroy()
  await untilGone(proxy)
  assert.equal(upstreamRequests(simulator).length, 1)
})

test('a client that leaves in the middle of its upload: the upstream request ends at once', async (t) => {
  const { simulator, proxy } = await startPair(t)
  const request = begin(proxy, 'PATCH', await startUpload(proxy, 'team/app'))
  request.write(Buffer.alloc(300_000))
  await simulator.waitForRequest(({ method, bodyBytes }) => method === 'PATCH' && bodyBytes > 0)
  request.destroy()
  const seen = await simulator.waitForRequest(({ method, aborted }) => method === 'PATCH' && aborted)
  assert.equal(seen.status, undefined)
  const line = await untilGone(proxy)
  assert.equal(line['status'], undefined)
  assert.ok(Number(line['bytesIn']) > 0)
})

test('a client that leaves in the middle of its manifest: nothing is sent upstream', async (t) => {
  const { simulator, proxy } = await startPair(t)
  const request = begin(proxy, 'PUT', '/v2/team/app/manifests/v1')
  request.write('{"schemaVersion":2')
  await until(() => proxy.app.drain.inFlight === 1, 'the request')
  request.destroy()
  await untilGone(proxy)
  assert.equal(upstreamRequests(simulator).length, 0)
})

test('a client that leaves in the middle of an answer: the upstream answer ends at once', async (t) => {
  const { simulator, proxy } = await startPair(t)
  simulator.store.addManifest('team/app', JSON.stringify({ filler: 'x'.repeat(3_000_000) }), MANIFEST_TYPE, 'v1')
  simulator.faults.add({ action: { kind: 'stall-body', bytes: 2_000_000 } })
  const request = begin(proxy, 'GET', '/v2/team/app/manifests/v1')
  request.end()
  request.once('response', (response) => {
    response.once('data', () => request.destroy())
    response.on('error', () => undefined)
  })
  await simulator.waitForRequest(({ listener, aborted }) => listener === 'registry' && aborted)
  const line = await untilGone(proxy)
  assert.equal(line['status'], 200)
})

test('a client that does not take its answer leaves it with the upstream, not in memory', async (t) => {
  const { simulator, proxy } = await startPair(t)
  const size = 64 * 1024 * 1024
  simulator.store.addManifest('team/app', JSON.stringify({ filler: 'x'.repeat(size) }), MANIFEST_TYPE, 'v1')
  const client = await RawClient.connect(t, proxy)
  client.socket.pause()
  client.write('GET /v2/team/app/manifests/v1 HTTP/1.1\r\nHost: x\r\n\r\n')
  await simulator.waitForRequest(({ listener }) => listener === 'registry')
  // Time enough for all of it to come, were it taken.
  for (let i = 0; i < 100; i++) await send(proxy, 'GET', '/v2/')
  client.socket.destroy()
  const line = await untilGone(proxy)
  assert.ok(Number(line['bytesOut']) < size / 4, `${String(line['bytesOut'])} bytes were read ahead`)
})
