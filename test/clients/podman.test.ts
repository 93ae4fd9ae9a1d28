import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { writeBuildContext } from './build-context.ts'
import { type ContainersTool, emptyStore } from './containers-storage.ts'
import { MIB } from './random-tar.ts'
import { clientSuite, shared, sharedEnvironment } from './suite.ts'
import { assertFromLayerHost, forgetRequests } from './traffic.ts'

clientSuite('podman', ['podman'], () => {
  const environment = sharedEnvironment()
  const pusher = shared(() => emptyStore(environment(), 'podman'))

  /** Builds an image with a layer of random bytes for each size, and makes its repository. */
  async function build(repository: string, sizes: readonly number[]): Promise<string> {
    const { directory, registry, simulator } = environment()
    const image = `${registry}/${repository}:1`
    const context = await writeBuildContext(directory, sizes)
    // Without --layers all files would end up in one; chroot asks for no runtime and no network.
    await pusher()('build', '--quiet', '--layers', '--isolation=chroot', '--tag', image, context)
    simulator.store.createRepository(repository)
    forgetRequests(simulator)
    return image
  }

  async function push(image: string, ...options: string[]): Promise<string> {
    const { certificates, directory } = environment()
    const digestFile = join(directory, 'digest')
    await pusher()('push', '--cert-dir', certificates, '--digestfile', digestFile, ...options, image)
    return readFile(digestFile, 'utf8')
  }

  async function pullElsewhere(image: string): Promise<ContainersTool> {
    const puller = await emptyStore(environment(), 'podman')
    await puller('pull', '--quiet', '--cert-dir', environment().certificates, image)
    return puller
  }

  async function assertSameElsewhere(image: string, digest: string): Promise<void> {
    const puller = await pullElsewhere(image)
    assert.equal(await puller('image', 'inspect', '--format', '{{.Digest}}', image), digest)
    const identity = ['image', 'inspect', '--format', '{{.Id}} {{json .RootFS}}', image]
    assert.equal(await puller(...identity), await pusher()(...identity))
  }

  for (const format of ['oci', 'v2s2']) {
    test(`an image pushed in the format ${format}, under a nested name, is the same in a store that pulls it`, async () => {
      const image = await build(`team/group/app-${format}`, [MIB, 2 * MIB, 3 * MIB])
      await assertSameElsewhere(image, await push(image, '--format', format))
      assertFromLayerHost(environment().simulator, 4)
    })
  }

  test('a manifest list is pushed with all its images', async () => {
    const { certificates, simulator } = environment()
    const image = await build('list', [MIB])
    await push(image)
    const list = image.replace(/1$/, 'list')
    await pusher()('manifest', 'create', list)
    await pusher()('manifest', 'add', list, `containers-storage:${image}`)
    await pusher()('manifest', 'push', '--all', '--cert-dir', certificates, list, `docker://${list}`)
    const { tags, manifests } = simulator.store.createRepository('list')
    assert.match(manifests.get(tags.get('list') ?? '')?.mediaType ?? '', /manifest\.list|image\.index/)
    await pullElsewhere(list)
    assertFromLayerHost(simulator, 2)
  })
})
