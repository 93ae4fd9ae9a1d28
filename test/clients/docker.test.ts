import assert from 'node:assert/strict'
import { test } from 'node:test'
import { writeBuildContext } from './build-context.ts'
import { DOCKER_PROGRAMS, identity, startDockerEngine } from './docker-engine.ts'
import { ProgramFailedError } from './program.ts'
import { MIB } from './random-tar.ts'
import { clientSuite, shared, sharedEnvironment } from './suite.ts'
import { assertFromLayerHost, countRequests, forgetRequests } from './traffic.ts'

clientSuite('docker', DOCKER_PROGRAMS, () => {
  const environment = sharedEnvironment()
  const pusher = shared(() => startDockerEngine(environment()))
  const puller = shared(() => startDockerEngine(environment()))

  /** Builds an image with a layer of random bytes for each size, and makes its repository. */
  async function build(repository: string, sizes: readonly number[]): Promise<string> {
    const { directory, registry, simulator } = environment()
    const image = `${registry}/${repository}:1`
    await pusher().docker(['build', '--quiet', '--tag', image, await writeBuildContext(directory, sizes)])
    simulator.store.createRepository(repository)
    forgetRequests(simulator)
    return image
  }

  test('an image pushed by one engine, under a nested name, is the same in an engine that pulls it', async () => {
    const image = await build('team/group/app', [MIB, 2 * MIB, 0, 3 * MIB])
    await pusher().docker(['push', image])
    const pushed = await identity(pusher(), image)
    await puller().docker(['pull', image])
    assert.deepEqual(await identity(puller(), image), pushed)
    assertFromLayerHost(environment().simulator, 5)
  })

  test('an image is pulled by its digest', async () => {
    const image = await build('by-digest', [MIB])
    const { stdout } = await pusher().docker(['push', image])
    const digest = /digest: (sha256:[0-9a-f]{64})/.exec(stdout)?.[1]
    assert.ok(digest !== undefined, stdout)
    await puller().docker(['pull', `${environment().registry}/by-digest@${digest}`])
    assertFromLayerHost(environment().simulator, 2)
  })

  test('layers that ECR has are not sent again', async () => {
    const image = await build('again', [MIB, MIB])
    await pusher().docker(['push', image])
    forgetRequests(environment().simulator)
    const { stdout } = await pusher().docker(['push', image])
    assert.match(stdout, /Layer already exists/)
    assert.equal(countRequests(environment().simulator, 'POST', /\/blobs\/uploads\//), 0)
  })

  test('a layer of another repository is mounted and not sent, where ECR mounts', async () => {
    const { registry, simulator } = environment()
    simulator.behaviour.mounting = true
    const image = await build('mount/source', [MIB, MIB])
    await pusher().docker(['push', image])
    simulator.store.createRepository('mount/target')
    const copy = `${registry}/mount/target:1`
    await pusher().docker(['tag', image, copy])
    forgetRequests(simulator)
    const { stdout } = await pusher().docker(['push', copy])
    assert.match(stdout, /Mounted from mount\/source/)
    // The config: docker mounts layers only.
    assert.equal(countRequests(simulator, 'PATCH', /./), 1)
    simulator.behaviour.mounting = false
  })

  for (const how of ['eof', '404'] as const) {
    test(`a push to a repository that does not exist says so, when ECR answers ${how}`, async () => {
      const { registry, simulator } = environment()
      simulator.behaviour.missingRepositoryOnPost = how
      const image = await build(`unused/${how}`, [MIB])
      const missing = `${registry}/missing/${how}:1`
      await pusher().docker(['tag', image, missing])
      await assert.rejects(pusher().docker(['push', missing]), said(/name unknown|repository .* not found/i))
    })
  }

  test('a pull of a tag that does not exist says so', async () => {
    const { registry, simulator } = environment()
    simulator.store.createRepository('empty')
    await assert.rejects(puller().docker(['pull', `${registry}/empty:none`]), said(/manifest unknown|not found/i))
  })

  // Docker sends what it was told at login only when it is challenged, which the proxy never does.
  test('a login with any password succeeds, and so does a push after it', async () => {
    const { registry, simulator } = environment()
    const image = await build('login', [MIB])
    await pusher().docker(['login', '--username', 'someone', '--password', 'open sesame', registry])
    await pusher().docker(['push', image])
    await pusher().docker(['logout', registry])
    assert.equal(countRequests(simulator, 'PUT', /\/manifests\//), 1)
  })
})

function said(pattern: RegExp): (err: unknown) => boolean {
  return (err) => err instanceof ProgramFailedError && pattern.test(err.output)
}
