import assert from 'node:assert/strict'
import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { type Ctr, hostsDirectory, pushImage, startContainerd } from './containerd.ts'
import { type Descriptor, type ImageDescriptor, OciLayout } from './oci-layout.ts'
import { MIB } from './random-tar.ts'
import { clientSuite, shared, sharedEnvironment } from './suite.ts'
import { assertFromLayerHost, countRequests, forgetRequests } from './traffic.ts'

clientSuite('containerd', ['containerd', 'ctr', 'tar'], () => {
  const environment = sharedEnvironment()
  const pusher = shared(async () => (await startContainerd(environment())).ctr)
  const puller = shared(async () => (await startContainerd(environment())).ctr)
  const hosts = shared(async () => `--hosts-dir=${await hostsDirectory(environment(), [MIRRORED])}`)

  async function layout(): Promise<OciLayout> {
    return new OciLayout(await mkdtemp(join(environment().directory, 'layout-')))
  }

  /** Imports an image into the pusher under the registry's name for it, and makes its repository. */
  async function imported(from: OciLayout, target: Descriptor, repository: string): Promise<string> {
    const { directory, registry, run, simulator } = environment()
    await from.tag('1', target)
    const archive = join(directory, `${repository.replaceAll('/', '-')}.tar`)
    await run('tar', ['--create', '--file', archive, '--directory', from.directory, '.'])
    const name = `${registry}/${repository}`
    await pusher()('images', 'import', '--all-platforms', '--no-unpack', '--base-name', name, archive)
    simulator.store.createRepository(repository)
    forgetRequests(simulator)
    return `${name}:1`
  }

  test('an image with a nested name is the same in a containerd that pulls it', async () => {
    const from = await layout()
    const manifest = await from.addImage('amd64', [MIB, 3 * MIB])
    const image = await imported(from, manifest, 'team/group/app')
    await pushImage(pusher(), hosts(), image)
    await puller()('images', 'pull', '--snapshotter=native', '--platform=linux/amd64', hosts(), image)
    assert.equal(await digestIn(puller(), image), manifest.digest)
    assertFromLayerHost(environment().simulator, 3)
  })

  test('an index of two platforms is pushed and pulled whole', async () => {
    const from = await layout()
    const images: ImageDescriptor[] = []
    for (const architecture of ['amd64', 'arm64']) images.push(await from.addImage(architecture, [MIB]))
    const index = await from.addIndex(images)
    const image = await imported(from, index, 'index')
    await pushImage(pusher(), hosts(), image)
    await puller()('content', 'fetch', '--all-platforms', hosts(), image)
    assert.equal(await digestIn(puller(), image), index.digest)
    const known = await puller()('content', 'list', '--quiet')
    for (const { digest } of images) assert.ok(known.includes(digest), `${digest} was not pulled`)
    assertFromLayerHost(environment().simulator, 4)
  })

  test('a mirror request, which names its registry in ?ns=, reaches ECR without it', async () => {
    const { registry, simulator } = environment()
    const from = await layout()
    const manifest = await from.addImage('amd64', [MIB])
    const image = await imported(from, manifest, 'mirrored')
    await pushImage(pusher(), hosts(), image)
    forgetRequests(simulator)
    const mirrored = image.replace(registry, MIRRORED)
    await puller()('images', 'pull', '--snapshotter=native', '--platform=linux/amd64', hosts(), mirrored)
    assert.equal(await digestIn(puller(), mirrored), manifest.digest)
    assert.ok(countRequests(simulator, 'GET', /\/manifests\//) > 0)
    assert.equal(countRequests(simulator, 'GET', /ns=/) + countRequests(simulator, 'HEAD', /ns=/), 0)
    assertFromLayerHost(simulator, 2)
  })
})

// Nothing serves this name: an answer can only have come from the mirror.
const MIRRORED = 'mirrored.example.test'

async function digestIn(ctr: Ctr, image: string): Promise<string | undefined> {
  return (await ctr('images', 'list', `name==${image}`)).split('\n')[1]?.split(/\s+/)[2]
}
