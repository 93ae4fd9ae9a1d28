import assert from 'node:assert/strict'
import { test } from 'node:test'
import { call, errorOf, simulatorFor } from './client.ts'

test('a new upload: an absolute Location at the registry, no state, no Docker-Upload-UUID', async (t) => {
  const simulator = await simulatorFor(t)
  simulator.store.createRepository('a/app')
  const { status, headers } = await call(simulator, 'POST', '/v2/a/app/blobs/uploads/')
  assert.equal(status, 202)
  assert.match(
    headers.location ?? '',
    /^https:\/\/123456789012\.dkr\.ecr\.us-east-1\.amazonaws\.com\/v2\/a\/app\/blobs\/uploads\/[0-9a-f-]{36}$/,
  )
  assert.equal(headers['oci-chunk-min-length'], '10485760')
  assert.equal('docker-upload-uuid' in headers, false)
})

test('Location can be relative, or name the canonical host instead of the one in use', async (t) => {
  const simulator = await simulatorFor(t, { registryHost: '123456789012.dkr-ecr.eu-west-1.on.aws' })
  simulator.store.createRepository('a/app')
  for (const [location, start] of [
    ['absolute', 'https://123456789012.dkr-ecr.eu-west-1.on.aws/v2/a/app/'],
    ['canonical', 'https://123456789012.dkr.ecr.eu-west-1.amazonaws.com/v2/a/app/'],
    ['relative', '/v2/a/app/'],
  ] as const) {
    simulator.behaviour.location = location
    const { headers } = await call(simulator, 'POST', '/v2/a/app/blobs/uploads/')
    assert.equal(headers.location?.startsWith(start), true, headers.location)
  }
})

test('a push to a repository that does not exist: the connection ends without a byte', async (t) => {
  const simulator = await simulatorFor(t)
  await assert.rejects(call(simulator, 'POST', '/v2/no/such/blobs/uploads/'), { message: 'socket hang up' })
})

test('a push to a repository that does not exist can be a 404', async (t) => {
  const simulator = await simulatorFor(t, { behaviour: { missingRepositoryOnPost: '404' } })
  const reply = await call(simulator, 'POST', '/v2/no/such/blobs/uploads/')
  assert.equal(reply.status, 404)
  assert.deepEqual(errorOf(reply), {
    code: 'NAME_UNKNOWN',
    message: "The repository with name 'no/such' does not exist in the registry with id '123456789012'",
  })
})

test('with a creation template a push makes its repository', async (t) => {
  const simulator = await simulatorFor(t, { createOnPush: true })
  assert.equal((await call(simulator, 'POST', '/v2/no/such/blobs/uploads/')).status, 202)
  assert.equal(simulator.store.repositories.has('no/such'), true)
})

const CONFIG = '{"os":"linux"}'

test('a mount is only a new upload, unless mounting is on and a manifest of the source has the blob', async (t) => {
  const simulator = await simulatorFor(t)
  simulator.store.createRepository('b/app')
  const digest = await simulator.store.addBlob('a/app', CONFIG)
  const mount = `/v2/b/app/blobs/uploads/?mount=${digest}&from=a/app`
  const tryMount = async (): Promise<number> => (await call(simulator, 'POST', mount)).status
  assert.equal(await tryMount(), 202)
  simulator.behaviour.mounting = true
  assert.equal(await tryMount(), 202)
  assert.equal((await call(simulator, 'HEAD', `/v2/b/app/blobs/${digest}`)).status, 404)

  simulator.store.addManifest('a/app', JSON.stringify({ config: { digest }, layers: [] }), 'application/json')
  assert.equal(await tryMount(), 201)
  assert.equal((await call(simulator, 'HEAD', `/v2/b/app/blobs/${digest}`)).status, 200)
  simulator.behaviour.mounting = false
  assert.equal(await tryMount(), 202)
})
