import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { errorOf, fetchLayer, type Reply } from '../simulator/client.ts'
import { digestOf } from '../simulator/store.ts'
import { open, send } from './http-client.ts'
import type { Pair } from './pair.ts'
import { replyTo } from '../simulator/client.ts'

export const MANIFEST_TYPE = 'application/vnd.oci.image.manifest.v1+json'

type Proxy = { port: number }

/** The Location of an answer, which must be one of the proxy's own paths. */
export function locationOf(reply: Reply): string {
  const { location } = reply.headers
  assert.match(location ?? '', /^\/v2\//)
  return location ?? ''
}

/** Starts an upload; returns where it goes on. */
export async function startUpload(proxy: Proxy, repository: string): Promise<string> {
  const started = await send(proxy, 'POST', `/v2/${repository}/blobs/uploads/`)
  assert.equal(started.status, 202, started.body)
  return locationOf(started)
}

/** Pushes a layer as docker does: POST, PATCH in chunks of unknown length, an empty PUT, HEAD. Returns its digest. */
export async function pushLayer(proxy: Proxy, repository: string, content: Buffer): Promise<string> {
  const patch = open(proxy, 'PATCH', await startUpload(proxy, repository))
  const answered = replyTo(patch)
  for (let at = 0; at < content.length; at += 32 * 1024) patch.write(content.subarray(at, at + 32 * 1024))
  patch.end()
  const patched = await answered
  assert.equal(patched.status, 202, patched.body)
  assert.equal(patched.headers.range, `0-${content.length - 1}`)
  const digest = digestOf(content)
  const put = await send(proxy, 'PUT', withDigest(locationOf(patched), digest), { headers: { 'Content-Length': '0' } })
  assert.equal(put.status, 201, put.body)
  const head = await send(proxy, 'HEAD', `/v2/${repository}/blobs/${digest}`)
  assert.equal(head.status, 200)
  assert.equal(head.headers['content-length'], String(content.length))
  return digest
}

/** Pushes an image of the given layers and a config of its own; returns the manifest's digest. */
export async function pushImage(proxy: Proxy, repository: string, tag: string, layers: Buffer[]): Promise<string> {
  const config = Buffer.from(
    JSON.stringify({ architecture: 'amd64', os: 'linux', created: randomBytes(8).toString('hex') }),
  )
  const digests = await Promise.all([config, ...layers].map((blob) => pushLayer(proxy, repository, blob)))
  const manifest = imageManifest(digests[0] ?? '', digests.slice(1))
  const put = await putManifest(proxy, repository, tag, manifest)
  assert.equal(put.status, 201, put.body)
  return digestOf(manifest)
}

/** Pulls an image as containerd does: HEAD by tag, GET by digest, layers from where the 307 leads. Returns the layers. */
export async function pullImage({ proxy, simulator }: Pair, repository: string, tag: string): Promise<string[]> {
  const head = await send(proxy, 'HEAD', `/v2/${repository}/manifests/${tag}`, { headers: { Accept: MANIFEST_TYPE } })
  assert.equal(head.status, 200)
  const digest = String(head.headers['docker-content-digest'])
  const manifest = await send(proxy, 'GET', `/v2/${repository}/manifests/${digest}`, {
    headers: { Accept: MANIFEST_TYPE },
  })
  assert.equal(manifest.status, 200, manifest.body)
  assert.equal(digestOf(manifest.body), digest)
  const { layers }: { layers: { digest: string }[] } = JSON.parse(manifest.body)
  return Promise.all(
    layers.map(async (layer) => {
      const redirect = await send(proxy, 'GET', `/v2/${repository}/blobs/${layer.digest}`)
      assert.equal(redirect.status, 307, redirect.body)
      const fetched = await fetchLayer(simulator, redirect.headers.location ?? '')
      assert.equal(fetched.status, 200, fetched.body)
      return fetched.body
    }),
  )
}

export function imageManifest(config: string, layers: string[]): string {
  const layerType = 'application/vnd.oci.image.layer.v1.tar'
  return JSON.stringify({
    schemaVersion: 2,
    mediaType: MANIFEST_TYPE,
    config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest: config },
    layers: layers.map((digest) => ({ mediaType: layerType, digest })),
  })
}

export async function putManifest(
  proxy: Proxy,
  repository: string,
  reference: string,
  manifest: string | Buffer,
): Promise<Reply> {
  return send(proxy, 'PUT', `/v2/${repository}/manifests/${reference}`, {
    headers: { 'Content-Type': MANIFEST_TYPE, 'Content-Length': String(Buffer.byteLength(manifest)) },
    body: manifest,
  })
}

/** An upload's URL with the digest that closes it. */
export function withDigest(location: string, digest: string): string {
  return `${location}${location.includes('?') ? '&' : '?'}digest=${digest.replace(':', '%3A')}`
}

/** Status and code of a registry error, whose frame is checked on the way. */
export function failureOf(reply: Reply): string {
  assert.match(reply.headers['content-type'] ?? '', /^application\/json/)
  return `${reply.status} ${errorOf(reply).code}`
}
