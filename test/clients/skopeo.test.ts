import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { type ImageDescriptor, OciLayout } from './oci-layout.ts'
import { MIB } from './random-tar.ts'
import { clientSuite, shared, sharedEnvironment } from './suite.ts'
import { assertFromLayerHost, countRequests, forgetRequests } from './traffic.ts'

clientSuite('skopeo', ['skopeo'], () => {
  const environment = sharedEnvironment()

  async function skopeo(...args: string[]): Promise<string> {
    const { stdout } = await environment().run('skopeo', args)
    return stdout
  }

  async function scratch(): Promise<string> {
    return mkdtemp(join(environment().directory, 'skopeo-'))
  }

  /** An image in the registry's name for it, after its repository was made. */
  function target(repository: string, tag = '1'): string {
    const { registry, simulator } = environment()
    simulator.store.createRepository(repository)
    forgetRequests(simulator)
    return `docker://${registry}/${repository}:${tag}`
  }

  const trust = (end: 'src' | 'dest'): string => `--${end}-cert-dir=${environment().certificates}`

  const image = shared(async () => {
    const layout = new OciLayout(await scratch())
    const manifest = await layout.addImage('amd64', [MIB, 2 * MIB, 3 * MIB])
    await layout.tag('image', manifest)
    return { manifest, source: `oci:${layout.directory}:image` }
  })

  for (const repository of ['oci', 'team/group/oci']) {
    test(`an OCI image copied to ${repository} and back keeps its digest`, async () => {
      const { manifest, source } = image()
      const remote = target(repository)
      await skopeo('copy', trust('dest'), source, remote)
      const copy = `oci:${await scratch()}:copy`
      await skopeo('copy', trust('src'), remote, copy)
      assertFromLayerHost(environment().simulator, 4)
      assert.equal(digestOf(await skopeo('inspect', '--raw', copy)), manifest.digest)
    })
  }

  test('an image copied in docker format and back keeps its digest', async () => {
    const remote = target('docker-format')
    await skopeo('copy', '--format=v2s2', trust('dest'), image().source, remote)
    const pushed = await skopeo('inspect', '--raw', `--cert-dir=${environment().certificates}`, remote)
    assert.match(pushed, /application\/vnd\.docker\.distribution\.manifest\.v2\+json/)
    const copy = `dir:${await scratch()}`
    await skopeo('copy', trust('src'), remote, copy)
    assertFromLayerHost(environment().simulator, 4)
    assert.equal(digestOf(await skopeo('inspect', '--raw', copy)), digestOf(pushed))
  })

  test('an index of two platforms is copied whole, and back', async () => {
    const layout = new OciLayout(await scratch())
    const images: ImageDescriptor[] = []
    for (const architecture of ['amd64', 'arm64']) images.push(await layout.addImage(architecture, [MIB, MIB]))
    const index = await layout.addIndex(images)
    await layout.tag('index', index)
    const remote = target('index')
    await skopeo('copy', '--all', trust('dest'), `oci:${layout.directory}:index`, remote)
    const copy = `oci:${await scratch()}:copy`
    await skopeo('copy', '--all', trust('src'), remote, copy)
    assertFromLayerHost(environment().simulator, 6)
    assert.equal(digestOf(await skopeo('inspect', '--raw', copy)), index.digest)
  })

  test('a layer of no bytes is copied, and back', async () => {
    const layout = new OciLayout(await scratch())
    const manifest = await layout.addEmptyLayerImage()
    await layout.tag('empty', manifest)
    const remote = target('empty-layer')
    await skopeo('copy', '--preserve-digests', trust('dest'), `oci:${layout.directory}:empty`, remote)
    const copy = `dir:${await scratch()}`
    await skopeo('copy', '--preserve-digests', trust('src'), remote, copy)
    assertFromLayerHost(environment().simulator, 2)
    assert.equal(digestOf(await skopeo('inspect', '--raw', copy)), manifest.digest)
  })

  test('inspect tells digest, layers and tags', async () => {
    const { manifest, source } = image()
    const remote = target('inspected')
    await skopeo('copy', trust('dest'), source, remote)
    const told: unknown = JSON.parse(await skopeo('inspect', `--cert-dir=${environment().certificates}`, remote))
    assert.ok(typeof told === 'object' && told !== null)
    const { Digest, RepoTags, Layers } = Object.fromEntries(Object.entries(told))
    assert.deepEqual([Digest, RepoTags], [manifest.digest, ['1']])
    assert.ok(Array.isArray(Layers) && Layers.length === 3)
    assertFromLayerHost(environment().simulator, 1)
  })

  test('list-tags goes through all pages', async () => {
    const expected = Array.from({ length: 260 }, (_, index) => `tag-${String(index).padStart(3, '0')}`)
    const remote = target('pages', expected[0])
    const { manifest, source } = image()
    await skopeo('copy', trust('dest'), source, remote)
    const { tags } = environment().simulator.store.createRepository('pages')
    for (const tag of expected) tags.set(tag, manifest.digest)
    const repository = remote.replace(/:[^:/]+$/, '')
    const told: unknown = JSON.parse(await skopeo('list-tags', `--cert-dir=${environment().certificates}`, repository))
    assert.ok(typeof told === 'object' && told !== null && 'Tags' in told && Array.isArray(told.Tags))
    assert.equal(countRequests(environment().simulator, 'GET', /\/pages\/tags\/list/), 3)
    assert.equal(told.Tags.length, expected.length)
    assert.deepEqual(new Set(told.Tags), new Set(expected))
  })

  test('delete removes an image', async () => {
    const remote = target('deleted')
    await skopeo('copy', trust('dest'), image().source, remote)
    await skopeo('delete', `--cert-dir=${environment().certificates}`, remote)
    await assert.rejects(skopeo('inspect', `--cert-dir=${environment().certificates}`, remote), /manifest unknown/i)
  })
})

function digestOf(manifest: string): string {
  return `sha256:${createHash('sha256').update(manifest).digest('hex')}`
}
