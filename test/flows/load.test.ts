import assert from 'node:assert/strict'
import { Agent } from 'node:http'
import process from 'node:process'
import { test } from 'node:test'
import { replyTo } from '../simulator/client.ts'
import { digestOf } from '../simulator/store.ts'
import { open, send } from '../support/http-client.ts'
import { startPair, upstreamRequests } from '../support/pair.ts'
import { imageManifest, MANIFEST_TYPE, putManifest, startUpload, withDigest } from '../support/registry-client.ts'
import { until } from '../support/until.ts'

const MIB = 1024 * 1024

test('300 requests at once, uploads of 200 MiB among them: all right, memory bounded, nothing left behind', async (t) => {
  const { simulator, proxy } = await startPair(t, { environment: { LOG_LEVEL: 'warn' } })
  const unhandled: unknown[] = []
  const note = (error: unknown): void => {
    unhandled.push(error)
  }
  process.on('unhandledRejection', note)
  t.after(() => process.off('unhandledRejection', note))
  const agent = new Agent({ keepAlive: true, maxSockets: 128 })
  t.after(() => agent.destroy())

  const blob = await simulator.store.addBlob('team/app', '{}')
  const manifest = imageManifest(blob, [blob])
  simulator.store.addManifest('team/app', manifest, MANIFEST_TYPE, 'v1')
  const part = Buffer.alloc(MIB, 'layer')
  const layer = Buffer.concat(Array.from({ length: 8 }, () => part))
  const digest = digestOf(layer)
  const rss = process.memoryUsage.rss()
  let peak = rss
  const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 20)
  t.after(() => clearInterval(watch))

  const push = async (): Promise<number> => {
    const put = open(proxy, 'PUT', withDigest(await startUpload(proxy, 'team/app'), digest), {
      headers: { 'Content-Length': String(layer.length) },
      agent,
    })
    put.end(layer)
    return (await replyTo(put)).status
  }
  const abandon = async (): Promise<number> => {
    const patch = open(proxy, 'PATCH', await startUpload(proxy, 'team/app'))
    patch.on('error', () => undefined)
    patch.write(part)
    await until(() => patch.writableLength === 0, 'the first part to be taken', 30_000)
    patch.destroy()
    return 0
  }
  const work: (() => Promise<number>)[] = [
    push,
    abandon,
    async () => (await putManifest(proxy, 'team/app', 'v2', manifest)).status,
    async () => (await send(proxy, 'HEAD', `/v2/team/app/blobs/${blob}`, { agent })).status,
    async () => (await send(proxy, 'GET', `/v2/team/app/blobs/${blob}`, { agent })).status,
    async () => (await send(proxy, 'GET', '/v2/team/app/manifests/missing', { agent })).status,
    async () => (await send(proxy, 'GET', '/v2/team/app/tags/list', { agent })).status,
  ]
  const kinds = [0, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6]
  const statuses = await Promise.all(
    Array.from({ length: 300 }, async (_, i) => {
      if (i === 100) simulator.faults.add({ method: 'HEAD', times: 1, action: { kind: 'reset-before' } })
      return work[kinds[i % kinds.length] ?? 0]?.() ?? 0
    }),
  )

  const count = (status: number): number => statuses.filter((each) => each === status).length
  assert.deepEqual(
    { 0: count(0), 200: count(200), 201: count(201), 307: count(307), 404: count(404) },
    { 0: 25, 200: 100, 201: 75, 307: 50, 404: 50 },
  )
  await until(() => proxy.app.drain.inFlight === 0, 'the end of all requests', 20_000)
  await until(
    () => upstreamRequests(simulator).every(({ finished }) => finished),
    'the end of all of them upstream',
    20_000,
  )
  assert.deepEqual(unhandled, [])
  // Client, proxy and simulator share this process, and the 200 MiB that pass are not in it at any time.
  const grown = (peak - rss) / MIB
  assert.ok(grown < 180, `${Math.round(grown)} MiB more`)
})
