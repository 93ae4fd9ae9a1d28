import assert from 'node:assert/strict'
import { Agent } from 'node:https'
import { test } from 'node:test'
import { groundOf, startUpstream } from './ground.ts'
import { Operation } from './operation.ts'
import { planOf } from './plan.ts'
import { inOwnRepository } from './pushes.ts'
import { Random } from './random.ts'
import { Sky } from './sky.ts'

// The paths of layers stayed, one for each push: hours of a soak grew by them, and the layer host still knew what was gone.
test('what an operation has pushed is gone with its repository, its path at the layer host too', async (t) => {
  const upstream = await startUpstream(1)
  const { simulator } = upstream
  t.after(() => simulator.close())
  const endpoint = { host: '127.0.0.1', port: simulator.registryPort, servername: 'localhost', ca: simulator.ca }
  const sky = new Sky(simulator, new Random(1))
  const ground = groundOf(upstream, { endpoint, agent: new Agent(), sky, reopens: false })
  const before = simulator.store.blobs.size
  let path = ''
  await inOwnRepository(new Operation(1, planOf(1, 1), ground), async (repository) => {
    const digest = await simulator.store.addBlob(repository, 'pushed')
    path = simulator.store.blobs.get(digest)?.objectPath ?? ''
    assert.notEqual(simulator.store.blobAt(path), undefined)
  })
  assert.equal(simulator.store.blobAt(path), undefined)
  assert.equal(simulator.store.blobs.size, before)
})
