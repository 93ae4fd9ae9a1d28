import assert from 'node:assert/strict'
import { access, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { call, simulatorFor } from './client.ts'
import { startSimulator } from './simulator.ts'

test('close removes the directory that it made, and open connections do not hold it up', async () => {
  const simulator = await startSimulator()
  const digest = await simulator.store.addBlob('a/app', 'some layer')
  const directory = dirname(dirname(simulator.store.blobs.get(digest)?.file ?? ''))
  await access(directory)
  simulator.faults.add({ action: { kind: 'stall' } })
  const waiting = assert.rejects(call(simulator, 'GET', '/v2/'))
  await simulator.waitForRequest(({ url }) => url === '/v2/')
  await simulator.close()
  await waiting
  await assert.rejects(access(directory), { code: 'ENOENT' })
})

test('a directory that was given stays', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'simulator-test-'))
  t.after(() => rm(directory, { recursive: true, force: true }))
  const simulator = await startSimulator({ directory })
  await simulator.store.addBlob('a/app', 'some layer')
  await simulator.close()
  assert.equal((await readdir(join(directory, 'blobs'))).length, 1)
})

test('a port in use is an error, and nothing is left listening', async (t) => {
  const { registryPort } = await simulatorFor(t)
  await assert.rejects(startSimulator({ registryPort }), { code: 'EADDRINUSE' })
})

test('every request is on record, with its headers as they were sent', async (t) => {
  const simulator = await simulatorFor(t)
  await call(simulator, 'GET', '/v2/?a=%20b', { headers: { 'X-MiXed': '1' } })
  const [request] = simulator.requests
  assert.deepEqual([request?.listener, request?.method, request?.url], ['registry', 'GET', '/v2/?a=%20b'])
  assert.deepEqual([request?.status, request?.aborted], [200, false])
  const index = request?.rawHeaders.indexOf('X-MiXed') ?? -1
  assert.equal(request?.rawHeaders[index + 1], '1')
})

test('waiting for a request that does not come ends', async (t) => {
  const simulator = await simulatorFor(t)
  await assert.rejects(
    simulator.waitForRequest(() => false, 10),
    { message: 'no such request within 10 ms' },
  )
})

test('the layer host follows the partition', async (t) => {
  const simulator = await simulatorFor(t, { registryHost: '123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn' })
  const host = 'prod-cn-north-1-starport-layer-bucket.s3.cn-north-1.amazonaws.com.cn'
  assert.equal(simulator.layerOrigin, `https://${host}:${simulator.layerPort}`)
})
