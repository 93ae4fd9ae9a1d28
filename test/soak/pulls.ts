import { digestOf } from '../simulator/store.ts'
import { MANIFEST_TYPE } from '../support/registry-client.ts'
import { type Answer, exchange } from './client.ts'
import { type Image, TAGS } from './images.ts'
import type { Operation } from './operation.ts'

const ACCEPT = { Accept: MANIFEST_TYPE }

/** As containerd pulls: HEAD by tag, GET by digest, every blob from where the 307 leads; GET by tag, as podman. */
export async function pull(operation: Operation): Promise<void> {
  const image = operation.plan.random.pick(operation.ground.images.pulled)
  await manifests(operation, image)
  for (const digest of image.blobs.keys()) await redirectedBlob(operation, image.repository, digest)
}

/** A pull whose blobs the registry answers itself, so that they pass through the proxy. */
export async function pullDirect(operation: Operation): Promise<void> {
  const image = operation.ground.images.direct
  await manifests(operation, image)
  for (const digest of image.blobs.keys()) await directBlob(operation, image, digest, false)
}

/** A client that takes a big layer slower than the upstream gives it. */
export async function readSlowly(operation: Operation): Promise<void> {
  const image = operation.ground.images.big
  for (const digest of image.blobs.keys()) await directBlob(operation, image, digest, true)
}

/** Follows a blob's redirect to the layer host, and checks what comes from there. */
export async function redirectedBlob(operation: Operation, repository: string, digest: string): Promise<void> {
  const path = `/v2/${repository}/blobs/${digest}`
  const redirect = await operation.ask({ step: 'read', method: 'GET', path, status: 307 })
  const url = new URL(redirect.headers.location ?? '')
  operation.check(url.hostname === operation.ground.layerHost.servername, `${path} leads to ${url.hostname}`)
  const options = { method: 'GET', path: url.pathname + url.search, headers: { Host: url.host } }
  const layer = await exchange(operation.ground.layerHost, { options })
  operation.check(layer.status === 200 && digestOf(layer.body) === digest, `${path} leads to other bytes`)
}

async function manifests(operation: Operation, { repository, digest, manifest }: Image): Promise<void> {
  const tag = operation.plan.random.pick(TAGS)
  const at = (reference: string): string => `/v2/${repository}/manifests/${reference}`
  const head = await operation.ask({ step: 'head', method: 'HEAD', path: at(tag), status: 200, headers: ACCEPT })
  const told = `${String(head.headers['docker-content-digest'])} ${head.headers['content-length']}`
  operation.check(told === `${digest} ${manifest.length}`, `HEAD of a manifest told ${told}`)
  for (const reference of [digest, tag]) {
    const path = at(reference)
    const got = await operation.ask({ step: 'read', method: 'GET', path, status: 200, headers: ACCEPT })
    operation.check(isWhole(got, manifest.length) && got.body.equals(manifest), `${path} is another manifest`)
    operation.check(got.headers['content-type'] === MANIFEST_TYPE, `${path} is ${got.headers['content-type']}`)
  }
}

async function directBlob(operation: Operation, image: Image, digest: string, slowly: boolean): Promise<void> {
  const path = `/v2/${image.repository}/blobs/${digest}`
  const got = await operation.ask({ step: 'read', method: 'GET', path, status: 200, slowly })
  operation.check(isWhole(got, image.blobs.get(digest)) && digestOf(got.body) === digest, `${path} has other bytes`)
}

function isWhole({ headers, body }: Answer, length: number | undefined): boolean {
  return body.length === length && headers['content-length'] === String(length)
}
