import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { digestOf } from '../simulator/store.ts'
import { imageManifest, MANIFEST_TYPE, withDigest } from '../support/registry-client.ts'
import type { Answer } from './client.ts'
import type { Operation } from './operation.ts'
import { redirectedBlob } from './pulls.ts'
import { checkCode } from './questions.ts'

const KIB = 1024
/** A registry client's write. */
const CHUNK_BYTES = 32 * KIB
const DRIP_MS = 60
const EMPTY = { 'Content-Length': '0' }

type PushBlob = (operation: Operation, repository: string, content: Buffer) => Promise<void>

/** Pushes an image of a config and a layer, each blob in the given way, and pulls what it pushed. */
export async function push(operation: Operation, pushBlob: PushBlob, layerBytes: number): Promise<void> {
  const { random } = operation.plan
  await inOwnRepository(operation, async (repository) => {
    const config = Buffer.from(JSON.stringify({ architecture: 'amd64', os: 'linux', id: random.next() }))
    const blobs = [config, random.bytes(layerBytes)]
    for (const blob of blobs) {
      const path = `/v2/${repository}/blobs/${digestOf(blob)}`
      await operation.ask({ step: 'head', method: 'HEAD', path, status: 404 })
      await pushBlob(operation, repository, blob)
      const there = await operation.ask({ step: 'head', method: 'HEAD', path, status: 200 })
      operation.check(there.headers['content-length'] === String(blob.length), `${path} has another length`)
    }
    const [configDigest = '', layerDigest = ''] = blobs.map((blob) => digestOf(blob))
    await pushManifest(operation, repository, imageManifest(configDigest, [layerDigest]))
    await redirectedBlob(operation, repository, layerDigest)
  })
}

/** As docker: PATCH of unknown length, then an empty PUT. */
export async function inChunks(operation: Operation, repository: string, content: Buffer): Promise<void> {
  await patchAndClose(operation, repository, content, chunksOf(content, 0))
}

/** The same, from a client whose own line is slow. */
export async function inDrips(operation: Operation, repository: string, content: Buffer): Promise<void> {
  await patchAndClose(operation, repository, content, chunksOf(content, DRIP_MS))
}

/** POST, then one PUT with everything. */
export async function inOnePut(operation: Operation, repository: string, content: Buffer): Promise<void> {
  const path = withDigest(await startUpload(operation, repository), digestOf(content))
  const headers = { 'Content-Length': String(content.length), 'Content-Type': 'application/octet-stream' }
  checkCreated(
    operation,
    await operation.ask({ step: 'stream', method: 'PUT', path, status: 201, headers, body: content }),
  )
}

/** One POST with everything. */
export async function inOnePost(operation: Operation, repository: string, content: Buffer): Promise<void> {
  const path = withDigest(`/v2/${repository}/blobs/uploads/`, digestOf(content))
  const headers = { 'Content-Length': String(content.length) }
  checkCreated(
    operation,
    await operation.ask({ step: 'stream', method: 'POST', path, status: 201, headers, body: content }),
  )
}

/** Mounts a layer of another repository instead of pushing it. */
export async function mount(operation: Operation): Promise<void> {
  const image = operation.plan.random.pick(operation.ground.images.pulled)
  await inOwnRepository(operation, async (repository) => {
    const [config = '', ...layers] = image.blobs.keys()
    for (const digest of image.blobs.keys()) {
      const path = `/v2/${repository}/blobs/uploads/?mount=${encodeURIComponent(digest)}&from=${image.repository}`
      checkCreated(operation, await operation.ask({ step: 'start', method: 'POST', path, status: 201, headers: EMPTY }))
    }
    await pushManifest(operation, repository, imageManifest(config, layers))
  })
}

/** Sends a layer to an upload that is not there: the answer comes before the body has gone. */
export async function beRefusedEarly(operation: Operation): Promise<void> {
  const { plan, ground } = operation
  const { repository } = plan.random.pick(ground.images.pulled)
  const body = plan.random.bytes(plan.random.between(1, 3 * KIB * KIB))
  const headers = plan.random.pick([{ 'Content-Length': String(body.length) }, { 'Transfer-Encoding': 'chunked' }])
  const path = `/v2/${repository}/blobs/uploads/${randomUUID()}`
  const refused = await operation.ask({ step: 'stream', method: 'PATCH', path, status: 404, headers, body })
  checkCode(operation, refused, 'BLOB_UPLOAD_UNKNOWN')
}

/** Starts an upload; returns its path. */
export async function startUpload(operation: Operation, repository: string): Promise<string> {
  const path = `/v2/${repository}/blobs/uploads/`
  const started = await operation.ask({ step: 'start', method: 'POST', path, status: 202, headers: EMPTY })
  return uploadPath(operation, started)
}

/** Runs with a repository that is removed at the end with all that is in it. */
export async function inOwnRepository(
  operation: Operation,
  work: (repository: string) => Promise<void>,
): Promise<void> {
  const { store } = operation.ground.simulator
  const repository = store.createRepository(`soak/push-${operation.number}`)
  try {
    await work(repository.name)
  } finally {
    await store.deleteRepository(repository.name)
  }
}

async function patchAndClose(
  operation: Operation,
  repository: string,
  content: Buffer,
  body: AsyncIterable<Buffer>,
): Promise<void> {
  const path = await startUpload(operation, repository)
  const headers = { 'Content-Type': 'application/octet-stream', 'Transfer-Encoding': 'chunked' }
  const patched = await operation.ask({ step: 'stream', method: 'PATCH', path, status: 202, headers, body })
  const end = `0-${content.length - 1}`
  operation.check(patched.headers['range'] === end, `PATCH took ${patched.headers['range']} instead of ${end}`)
  const closing = withDigest(uploadPath(operation, patched), digestOf(content))
  const closed = await operation.ask({ step: 'close', method: 'PUT', path: closing, status: 201, headers: EMPTY })
  checkCreated(operation, closed)
}

async function pushManifest(operation: Operation, repository: string, manifest: string): Promise<void> {
  const path = `/v2/${repository}/manifests/pushed`
  const body = Buffer.from(manifest)
  const headers = { 'Content-Type': MANIFEST_TYPE, 'Content-Length': String(body.length) }
  const put = await operation.ask({ step: 'manifest', method: 'PUT', path, status: 201, headers, body })
  operation.check(put.headers['docker-content-digest'] === digestOf(body), `${path} has another digest`)
  const back = await operation.ask({ step: 'read', method: 'GET', path, status: 200 })
  operation.check(back.body.equals(body), `${path} came back as other bytes`)
}

function uploadPath(operation: Operation, { headers }: Answer): string {
  const { location = '' } = headers
  operation.check(location.startsWith('/v2/'), `the Location is ${location}`)
  return location
}

function checkCreated(operation: Operation, { headers }: Answer): void {
  const { location = '' } = headers
  operation.check(/^\/v2\/.+\/blobs\/sha256:/.test(location), `the Location is ${location}`)
}

async function* chunksOf(content: Buffer, pauseMs: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < content.length; at += CHUNK_BYTES) {
    yield content.subarray(at, at + CHUNK_BYTES)
    if (pauseMs > 0) await sleep(pauseMs)
  }
}
