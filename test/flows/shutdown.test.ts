// docs/request-handling.md: 23
import assert from 'node:assert/strict'
import { Agent } from 'node:http'
import { connect } from 'node:net'
import { test } from 'node:test'
import { shutDown } from '../../src/shutdown.ts'
import { replyTo } from '../simulator/client.ts'
import { digestOf } from '../simulator/store.ts'
import { open, send } from '../support/http-client.ts'
import { startPair } from '../support/pair.ts'
import { RawClient } from '../support/raw-client.ts'
import {
  locationOf,
  putManifest,
  startUpload,
  withDigest,
  imageManifest,
  MANIFEST_TYPE,
} from '../support/registry-client.ts'
import { until } from '../support/until.ts'

const LAYER = Buffer.alloc(500_000, 'layer')
const DIGEST = digestOf(LAYER)

async function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}

test('a push goes on to its end while the service leaves: 0 requests are cut', async (t) => {
  const { simulator, proxy } = await startPair(t)
  const { app } = proxy
  const patch = open(proxy, 'PATCH', await startUpload(proxy, 'team/app'))
  const patched = replyTo(patch)
  patch.write(LAYER.subarray(0, 200_000))
  await simulator.waitForRequest(({ method, bodyBytes }) => method === 'PATCH' && bodyBytes > 0)

  let left: number | undefined
  const leaving = shutDown(app, { delayMs: 1500, timeoutMs: 20_000 }).then((cut) => (left = cut))
  // While load balancers are still sending: new connections are served, and everything says that it closes.
  const notReady = await send(proxy, 'GET', '/readyz')
  assert.equal(notReady.status, 503)
  assert.deepEqual(JSON.parse(notReady.body), { status: 'not ready', reason: 'shutting down' })
  assert.equal((await send(proxy, 'GET', '/healthz')).status, 200)
  const agent = new Agent({ keepAlive: true })
  t.after(() => agent.destroy())
  const other = await startUpload(proxy, 'team/app')
  const put = await send(proxy, 'PUT', withDigest(other, DIGEST), { body: LAYER, agent })
  assert.equal(put.status, 201)
  for (const { headers } of [put, notReady, await send(proxy, 'GET', '/v2/', { agent })]) {
    assert.equal(headers.connection, 'close')
  }

  await until(() => !app.server.listening, 'the end of the listener')
  assert.equal(await isListening(proxy.port), false)
  assert.equal(left, undefined)
  patch.end(LAYER.subarray(200_000))
  const { status, headers } = await patched
  assert.equal(status, 202)
  assert.equal(headers.range, `0-${LAYER.length - 1}`)
  assert.equal(headers.connection, 'close')
  await leaving
  assert.equal(left, 0)
})

test('a push that begins while the service leaves ends within SHUTDOWN_DELAY', async (t) => {
  const { simulator, proxy } = await startPair(t)
  const blob = await simulator.store.addBlob('team/app', '{}')
  const leaving = shutDown(proxy.app, { delayMs: 1000, timeoutMs: 5000 })
  const patch = await send(proxy, 'PATCH', await startUpload(proxy, 'team/app'), { body: LAYER })
  assert.equal((await send(proxy, 'PUT', withDigest(locationOf(patch), DIGEST))).status, 201)
  assert.equal((await putManifest(proxy, 'team/app', 'v1', imageManifest(blob, [DIGEST]))).status, 201)
  assert.equal(await leaving, 0)
})

test('a push that takes longer than SHUTDOWN_TIMEOUT is cut, and counted', async (t) => {
  const { simulator, proxy } = await startPair(t)
  const patch = open(proxy, 'PATCH', await startUpload(proxy, 'team/app'))
  const patched = replyTo(patch)
  patch.write(LAYER)
  await simulator.waitForRequest(({ method, bodyBytes }) => method === 'PATCH' && bodyBytes > 0)
  const [cut] = await Promise.all([
    shutDown(proxy.app, { delayMs: 0, timeoutMs: 200 }),
    assert.rejects(patched, { code: 'ECONNRESET' }),
  ])
  assert.equal(cut, 1)
  await simulator.waitForRequest(({ method, aborted }) => method === 'PATCH' && aborted)
  assert.ok(proxy.log.some(({ msg, aborted }) => msg === 'request' && aborted === true))
})

test('idle, unused and just finished connections hold nothing up', async (t) => {
  const { simulator, proxy } = await startPair(t)
  const digest = await simulator.store.addBlob('team/app', '{}')
  simulator.store.addManifest('team/app', imageManifest(digest, [digest]), MANIFEST_TYPE, 'v1')
  await RawClient.connect(t, proxy)
  const idle = await RawClient.connect(t, proxy)
  idle.write('GET /v2/ HTTP/1.1\r\nHost: x\r\n\r\n')
  await idle.answer()
  const late = await RawClient.connect(t, proxy)
  simulator.faults.add({ method: 'GET', action: { kind: 'delay-answer', ms: 300 } })
  late.write('GET /v2/team/app/manifests/v1 HTTP/1.1\r\nHost: x\r\n\r\n')
  await simulator.waitForRequest(({ listener }) => listener === 'registry')
  const startedAt = performance.now()
  assert.equal(await shutDown(proxy.app, { delayMs: 0, timeoutMs: 10_000 }), 0)
  assert.ok(performance.now() - startedAt < 5000)
  assert.equal((await late.answer()).status, 200)
})

test('with clients that never finish gone, nothing is in flight and nothing is cut', async (t) => {
  const { simulator, proxy } = await startPair(t)
  simulator.faults.add({ action: { kind: 'stall' } })
  const request = open(proxy, 'GET', '/v2/team/app/tags/list')
  request.on('error', () => undefined)
  request.end()
  await simulator.waitForRequest(({ listener }) => listener === 'registry')
  request.destroy()
  assert.equal(await shutDown(proxy.app, { delayMs: 0, timeoutMs: 10_000 }), 0)
})
