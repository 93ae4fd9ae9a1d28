// docs/request-handling.md: 12
import assert from 'node:assert/strict'
import type { ClientRequest } from 'node:http'
import { test } from 'node:test'
import { digestOf } from '../simulator/store.ts'
import { open, send } from '../support/http-client.ts'
import { startPair, upstreamRequests } from '../support/pair.ts'
import { imageManifest, MANIFEST_TYPE, startUpload } from '../support/registry-client.ts'
import { until } from '../support/until.ts'

test('64 stalled uploads delay neither a manifest GET nor another upload', async (t) => {
  const { simulator, proxy } = await startPair(t)
  const blob = digestOf('{}')
  simulator.store.addManifest('team/app', imageManifest(blob, [blob]), MANIFEST_TYPE, 'v1')
  const location = await startUpload(proxy, 'team/app')
  simulator.faults.add({ method: 'PATCH', path: /stalled$/, times: 64, action: { kind: 'stall' } })
  const uploads: ClientRequest[] = Array.from({ length: 64 }, () => {
    const upload = open(proxy, 'PATCH', `${location}?stalled`)
    upload.on('error', () => undefined)
    upload.write(Buffer.alloc(256 * 1024))
    return upload
  })
  const patches = () => upstreamRequests(simulator).filter(({ url }) => url.endsWith('stalled'))
  await until(() => patches().length === 64, '64 uploads upstream', 20_000)
  assert.equal((await send(proxy, 'GET', '/v2/team/app/manifests/v1')).status, 200)
  assert.equal((await send(proxy, 'PATCH', location, { body: 'layer' })).status, 202)
  assert.ok(patches().every(({ finished }) => !finished))
  for (const upload of uploads) upload.destroy()
  await until(() => patches().every(({ aborted }) => aborted), 'the end of the uploads upstream')
  await until(() => proxy.app.drain.inFlight === 0, 'the end of the uploads here')
})

test('300 clients that wait for slow answers do not stop an upload', async (t) => {
  const { simulator, proxy } = await startPair(t)
  simulator.store.createRepository('team/app')
  const location = await startUpload(proxy, 'team/app')
  simulator.faults.add({ method: 'GET', times: 2000, action: { kind: 'stall' } })
  const waiting = Array.from({ length: 300 }, () => {
    const request = open(proxy, 'GET', '/v2/team/app/tags/list')
    request.on('error', () => undefined)
    request.end()
    return request
  })
  const gets = () => upstreamRequests(simulator).filter(({ method }) => method === 'GET')
  // The bound of the shared connections; the others wait their turn.
  await until(() => gets().length === 256, '256 requests upstream', 20_000)
  await until(() => proxy.app.drain.inFlight === 300, 'all requests here')
  assert.equal((await send(proxy, 'PATCH', location, { body: 'layer' })).status, 202)
  for (const request of waiting) request.destroy()
  await until(() => proxy.app.drain.inFlight === 0, 'the end of the requests')
  // Those that had to wait for a connection were never sent.
  assert.equal(gets().length, 256)
  simulator.faults.clear()
  assert.equal((await send(proxy, 'GET', '/v2/team/app/tags/list')).status, 200)
})
