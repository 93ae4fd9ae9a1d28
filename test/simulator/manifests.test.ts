import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { test } from 'node:test'
import type { Reply } from './client.ts'
import { call, errorOf, simulatorFor } from './client.ts'
import type { Simulator } from './simulator.ts'
import { digestOf } from './store.ts'

const IMAGE_TYPE = 'application/vnd.oci.image.manifest.v1+json'
const INDEX_TYPE = 'application/vnd.oci.image.index.v1+json'

interface Seeded {
  readonly simulator: Simulator
  readonly image: (extra?: object) => string
}

/** A repository with a config and a layer, and images made of them. */
async function withBlobs(t: TestContext): Promise<Seeded> {
  const simulator = await simulatorFor(t)
  const config = {
    mediaType: 'application/vnd.oci.image.config.v1+json',
    digest: await simulator.store.addBlob('a/app', '{}'),
  }
  const layers = [
    { mediaType: 'application/vnd.oci.image.layer.v1.tar', digest: await simulator.store.addBlob('a/app', 'x') },
  ]
  const image = (extra: object = {}): string =>
    JSON.stringify({ schemaVersion: 2, mediaType: IMAGE_TYPE, config, layers, ...extra }, undefined, 3)
  return { simulator, image }
}

function put(simulator: Simulator, reference: string, body: string, type = IMAGE_TYPE): Promise<Reply> {
  return call(simulator, 'PUT', `/v2/a/app/manifests/${reference}`, { headers: { 'Content-Type': type }, body })
}

test('PUT tells the digest and no Location, and keeps every byte and the content type', async (t) => {
  const { simulator, image } = await withBlobs(t)
  const { status, headers } = await put(simulator, '1.0', image())
  assert.equal(status, 201)
  assert.equal(headers['docker-content-digest'], digestOf(image()))
  assert.equal('location' in headers, false)
  const pulled = await call(simulator, 'GET', '/v2/a/app/manifests/1.0')
  assert.deepEqual([pulled.status, pulled.body, pulled.headers['content-type']], [200, image(), IMAGE_TYPE])
})

test('HEAD tells the digest, GET does not; by tag and by digest, plain or with %3A', async (t) => {
  const { simulator, image } = await withBlobs(t)
  await put(simulator, '1.0', image())
  const digest = digestOf(image())
  for (const reference of ['1.0', digest, encodeURIComponent(digest)]) {
    const head = await call(simulator, 'HEAD', `/v2/a/app/manifests/${reference}`)
    assert.equal(head.headers['docker-content-digest'], digest)
    assert.equal(head.headers['content-length'], String(image().length))
    const got = await call(simulator, 'GET', `/v2/a/app/manifests/${reference}`)
    assert.equal(got.body, image())
    assert.equal('docker-content-digest' in got.headers, false)
  }
})

test('an unknown image and an unknown repository have errors of their own, without a body on HEAD', async (t) => {
  const { simulator } = await withBlobs(t)
  const image = await call(simulator, 'GET', '/v2/a/app/manifests/none')
  assert.deepEqual(
    [image.status, errorOf(image)],
    [404, { code: 'MANIFEST_UNKNOWN', message: 'Requested image not found' }],
  )
  const repository = await call(simulator, 'GET', '/v2/no/such/manifests/none')
  assert.deepEqual(
    [repository.status, errorOf(repository)],
    [
      404,
      {
        code: 'NAME_UNKNOWN',
        message: "The repository with name 'no/such' does not exist in the registry with id '123456789012'",
      },
    ],
  )
  const head = await call(simulator, 'HEAD', '/v2/no/such/manifests/none')
  assert.deepEqual([head.status, head.body], [404, ''])
})

test('what is no manifest is a 405 about JSON syntax', async (t) => {
  const { simulator } = await withBlobs(t)
  for (const body of ['{', '[]', '{"layers":{}}', '{"config":{"digest":1}}']) {
    const reply = await put(simulator, 'bad', body)
    assert.equal(reply.status, 405)
    assert.deepEqual(errorOf(reply), {
      code: 'UNSUPPORTED',
      message: "Invalid parameter at 'ImageManifest' failed to satisfy constraint: 'Invalid JSON syntax'",
    })
  }
})

test('a field that the image spec does not have is refused, in the manifest, a descriptor and a platform', async (t) => {
  const { simulator, image } = await withBlobs(t)
  const digest = digestOf(image())
  await put(simulator, digest, image())
  const index = (descriptor: object): string =>
    JSON.stringify({ schemaVersion: 2, mediaType: INDEX_TYPE, manifests: [{ digest, ...descriptor }] })
  const known = { platform: { architecture: 'arm', os: 'linux', 'os.version': '1', 'os.features': [], variant: 'v7' } }
  assert.equal((await put(simulator, 'known', index(known), INDEX_TYPE)).status, 201)
  const unknown = [
    image({ 'org.example.field': 1 }),
    index({ 'org.example.field': 1 }),
    // The one that containers-roadmap#2439 is about.
    index({ platform: { architecture: 'arm64', os: 'linux', features: [] } }),
  ]
  for (const body of unknown) assert.equal((await put(simulator, 'unknown', body)).status, 405, body)
})

test('layers that were not pushed, and images that an index needs, are asked for by digest', async (t) => {
  const { simulator, image } = await withBlobs(t)
  const missing = digestOf('never pushed')
  const noLayer = await put(simulator, '1.0', image({ layers: [{ digest: missing }] }))
  assert.deepEqual(errorOf(noLayer), {
    code: 'MANIFEST_BLOB_UNKNOWN',
    message:
      `Layers with digests '[${missing}]' required for pushing image into repository ` +
      "with name 'a/app' in the registry with id '123456789012' do not exist",
  })
  const index = JSON.stringify({ schemaVersion: 2, mediaType: INDEX_TYPE, manifests: [{ digest: digestOf(image()) }] })
  const noImage = await put(simulator, 'index', index, INDEX_TYPE)
  assert.match(errorOf(noImage).message, /^Images with digests '\[sha256:[0-9a-f]{64}\]' required for pushing image/)
  await put(simulator, digestOf(image()), image())
  assert.equal((await put(simulator, 'index', index, INDEX_TYPE)).status, 201)
})

test('an image without layers is refused', async (t) => {
  const { simulator, image } = await withBlobs(t)
  assert.equal((await put(simulator, '1.0', image({ layers: [] }))).status, 405)
})

test('a manifest under a digest that is not its own is refused', async (t) => {
  const { simulator, image } = await withBlobs(t)
  const reply = await put(simulator, digestOf('other'), image())
  assert.deepEqual([reply.status, errorOf(reply).code], [400, 'DIGEST_INVALID'])
})

test('an immutable tag cannot be moved, and the identical image may be pushed again', async (t) => {
  const { simulator, image } = await withBlobs(t)
  simulator.behaviour.immutableTags = true
  await put(simulator, '1.0.2', image())
  assert.equal((await put(simulator, '1.0.2', image())).status, 201)
  const moved = await put(simulator, '1.0.2', image({ annotations: { build: '2' } }))
  assert.equal(moved.status, 400)
  assert.deepEqual(errorOf(moved), {
    code: 'TAG_INVALID',
    message:
      "The image tag '1.0.2' already exists in the 'a/app' repository " +
      'and cannot be overwritten because the repository is immutable.',
  })
  assert.equal(simulator.store.repositories.get('a/app')?.tags.get('1.0.2'), digestOf(image()))
})

test('a tag that is not immutable is moved', async (t) => {
  const { simulator, image } = await withBlobs(t)
  await put(simulator, 'latest', image())
  const newer = image({ annotations: { build: '2' } })
  await put(simulator, 'latest', newer)
  assert.equal((await call(simulator, 'GET', '/v2/a/app/manifests/latest')).body, newer)
})

test('DELETE by tag takes the tag, by digest the image with all its tags', async (t) => {
  const { simulator, image } = await withBlobs(t)
  for (const tag of ['a', 'b', 'c']) await put(simulator, tag, image())
  const digest = digestOf(image())
  assert.equal((await call(simulator, 'DELETE', '/v2/a/app/manifests/a')).status, 202)
  assert.equal((await call(simulator, 'HEAD', '/v2/a/app/manifests/a')).status, 404)
  assert.equal((await call(simulator, 'HEAD', '/v2/a/app/manifests/b')).status, 200)
  assert.equal((await call(simulator, 'DELETE', `/v2/a/app/manifests/${digest}`)).status, 202)
  assert.equal((await call(simulator, 'HEAD', '/v2/a/app/manifests/c')).status, 404)
  assert.equal((await call(simulator, 'DELETE', `/v2/a/app/manifests/${digest}`)).status, 404)
  assert.deepEqual(simulator.store.manifests, [])
})

test('referrers are an OCI index of what has the image as its subject, by artifact type where asked', async (t) => {
  const { simulator, image } = await withBlobs(t)
  const subject = digestOf(image())
  await put(simulator, '1.0', image())
  const signature = image({ artifactType: 'application/x-signature', subject: { digest: subject } })
  const sbom = image({ artifactType: 'application/x-sbom', subject: { digest: subject }, annotations: { by: 'me' } })
  const pushed = await put(simulator, digestOf(signature), signature)
  assert.equal(pushed.headers['oci-subject'], subject)
  await put(simulator, digestOf(sbom), sbom)

  const all = await call(simulator, 'GET', `/v2/a/app/referrers/${subject}`)
  assert.equal(all.headers['content-type'], INDEX_TYPE)
  assert.deepEqual(digestsIn(all), [digestOf(signature), digestOf(sbom)])
  const some = await call(simulator, 'GET', `/v2/a/app/referrers/${subject}?artifactType=application%2Fx-sbom`)
  assert.equal(some.headers['oci-filters-applied'], 'artifactType')
  assert.deepEqual(digestsIn(some), [digestOf(sbom)])
  assert.deepEqual(digestsIn(await call(simulator, 'GET', `/v2/a/app/referrers/${digestOf('none')}`)), [])
})

function digestsIn({ body }: Reply): string[] {
  const { manifests }: { manifests: { digest: string }[] } = JSON.parse(body)
  return manifests.map(({ digest }) => digest)
}
