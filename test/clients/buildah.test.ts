import assert from 'node:assert/strict'
import { mkdtemp, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { type ContainersTool, emptyStore } from './containers-storage.ts'
import { MIB, writeRandomFile } from './random-tar.ts'
import { clientSuite, shared, sharedEnvironment } from './suite.ts'
import { assertFromLayerHost, forgetRequests } from './traffic.ts'

clientSuite('buildah', ['buildah'], () => {
  const environment = sharedEnvironment()
  const pusher = shared(() => emptyStore(environment(), 'buildah'))

  /** Builds from nothing, committing after every file so that each is a layer, and makes the repository. */
  async function build(repository: string, sizes: readonly number[]): Promise<string> {
    const { directory, registry, simulator } = environment()
    const context = await mkdtemp(join(directory, 'context-'))
    const buildah = pusher()
    const image = `${registry}/${repository}:1`
    let base = 'scratch'
    for (const [index, size] of sizes.entries()) {
      const file = join(context, `file${index}`)
      await writeRandomFile(file, size)
      const container = await buildah('from', '--pull-never', base)
      await buildah('copy', '--quiet', container, file, `/file${index}`)
      base = await buildah('commit', '--quiet', '--rm', container, image)
    }
    simulator.store.createRepository(repository)
    forgetRequests(simulator)
    return image
  }

  async function push(image: string, ...options: string[]): Promise<string> {
    const { certificates, directory } = environment()
    const digestFile = join(directory, 'digest')
    await pusher()('push', '--quiet', '--cert-dir', certificates, '--digestfile', digestFile, ...options, image)
    return readFile(digestFile, 'utf8')
  }

  async function assertSameElsewhere(image: string, digest: string): Promise<void> {
    const puller = await emptyStore(environment(), 'buildah')
    await puller('pull', '--quiet', '--cert-dir', environment().certificates, image)
    assert.equal(await puller('inspect', '--type=image', '--format', '{{.FromImageDigest}}', image), digest)
    assert.equal(await identity(puller, image), await identity(pusher(), image))
  }

  test('an image with a nested name is the same in a store that pulls it', async () => {
    const image = await build('team/group/app', [MIB, 2 * MIB, 3 * MIB])
    await assertSameElsewhere(image, await push(image))
    assertFromLayerHost(environment().simulator, 4)
  })

  test('an image is built on one that is pulled by itself', async () => {
    const { certificates, registry, simulator } = environment()
    const base = await build('base', [MIB])
    await push(base)
    const puller = await emptyStore(environment(), 'buildah')
    const container = await puller('from', '--cert-dir', certificates, base)
    const derived = `${registry}/derived:1`
    await puller('config', '--label', 'derived=true', container)
    await puller('commit', '--quiet', container, derived)
    simulator.store.createRepository('derived')
    await puller('push', '--quiet', '--cert-dir', certificates, derived)
    assert.ok(simulator.store.createRepository('derived').tags.has('1'))
    assertFromLayerHost(simulator, 2)
  })
})

async function identity(buildah: ContainersTool, image: string): Promise<string> {
  return buildah('inspect', '--type=image', '--format', '{{.FromImageID}} {{.OCIv1.RootFS.DiffIDs}}', image)
}
