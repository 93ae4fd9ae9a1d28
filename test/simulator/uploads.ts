import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import type { RegistryContext } from './context.ts'
import { repositoryForPush, urlOf } from './context.ts'
import type { Answer, Exchange, Outcome } from './exchange.ts'
import {
  layerDigestMismatch,
  layerPartTooSmall,
  nameUnknown,
  registryError,
  unsupported,
  uploadUnknown,
  wrongFirstByte,
} from './registry-errors.ts'
import type { Repository } from './store.ts'
import { blobsOf } from './store.ts'
import { Upload } from './upload.ts'

/** `/blobs/uploads/` without an id, or one upload with it. */
export async function uploadAnswer(
  exchange: Exchange,
  name: string,
  id: string | undefined,
  context: RegistryContext,
): Promise<Outcome> {
  const { method } = exchange
  if (id === undefined && method !== 'POST') return unsupported()
  const repository = repositoryForPush(context, name)
  if (repository === undefined) {
    const hangsUp = context.behaviour.missingRepositoryOnPost === 'eof' && method !== 'GET' && method !== 'DELETE'
    return hangsUp ? { hangUp: 'fin' } : nameUnknown(name, context.host.account)
  }
  if (id === undefined) return start(exchange, repository, context)
  const upload = context.uploads.get(id)
  if (upload === undefined || upload.repository !== name) return uploadUnknown()
  switch (method) {
    case 'PATCH':
      return append(exchange, upload, context)
    case 'PUT':
      return complete(exchange, upload, repository, context)
    case 'GET':
      return status(upload, context)
    case 'DELETE':
      return cancel(upload, context)
    default:
      return unsupported()
  }
}

async function start(exchange: Exchange, repository: Repository, context: RegistryContext): Promise<Answer> {
  const { store, uploads, behaviour } = context
  const mount = exchange.query.get('mount')
  const source = store.repositories.get(exchange.query.get('from') ?? '')
  if (mount !== null && source !== undefined && behaviour.mounting && isMountable(source, mount)) {
    repository.blobs.add(mount)
    return created(repository, mount, context)
  }
  const id = randomUUID()
  const upload = new Upload(id, repository.name, store.uploadFile(id))
  uploads.set(id, upload)
  if (exchange.query.has('digest')) return complete(exchange, upload, repository, context)
  return {
    status: 202,
    headers: { Location: locationOf(upload, context), 'OCI-Chunk-Min-Length': '10485760' },
  }
}

// A blob that was pushed and is in no manifest yet cannot be mounted (containers-roadmap#2860).
function isMountable(source: Repository, digest: string): boolean {
  return source.blobs.has(digest) && [...source.manifests.values()].some(({ json }) => blobsOf(json).includes(digest))
}

async function append(exchange: Exchange, upload: Upload, context: RegistryContext): Promise<Answer> {
  const refusal = refusalOfPart(exchange, upload)
  if (refusal !== undefined) return refusal
  await upload.append(exchange.body)
  const location = context.behaviour.patchLocation ? { Location: locationOf(upload, context) } : {}
  const end = context.behaviour.rangeStuck ? upload.firstBoundary : upload.size - 1
  return { status: 201, headers: { ...location, Range: `0-${Math.max(0, end)}` } }
}

async function complete(
  exchange: Exchange,
  upload: Upload,
  repository: Repository,
  context: RegistryContext,
): Promise<Answer> {
  const refusal = refusalOfPart(exchange, upload)
  if (refusal !== undefined) return refusal
  await upload.append(exchange.body)
  context.uploads.delete(upload.id)
  if (upload.hasSmallMiddlePart || upload.digest() !== exchange.query.get('digest')) {
    await rm(upload.file, { force: true })
    return upload.hasSmallMiddlePart ? layerPartTooSmall() : layerDigestMismatch()
  }
  await context.store.adopt(repository, upload.digest(), upload.file, upload.size)
  return created(repository, upload.digest(), context)
}

function refusalOfPart(exchange: Exchange, upload: Upload): Answer | undefined {
  if (upload.busy) return registryError(400, 'BLOB_UPLOAD_INVALID', 'Another part of this layer is being uploaded')
  const first = /^(?:bytes )?(\d+)-\d+/.exec(exchange.headers['content-range'] ?? '')?.[1]
  if (first === undefined || Number(first) === upload.size) return undefined
  return wrongFirstByte(Number(first), upload.size)
}

function status(upload: Upload, context: RegistryContext): Answer {
  if (context.behaviour.uploadStatus === 404) return uploadUnknown()
  const range = `0-${Math.max(0, upload.size - 1)}`
  return { status: 204, headers: { Location: locationOf(upload, context), Range: range } }
}

async function cancel(upload: Upload, { behaviour, uploads }: RegistryContext): Promise<Answer> {
  if (behaviour.uploadDelete === 404) return uploadUnknown()
  if (behaviour.uploadDelete === 405) return unsupported()
  uploads.delete(upload.id)
  await rm(upload.file, { force: true })
  return { status: 204 }
}

function created(repository: Repository, digest: string, context: RegistryContext): Answer {
  const location = urlOf(context, `/v2/${repository.name}/blobs/${digest}`)
  return { status: 201, headers: { Location: location, 'Docker-Content-Digest': digest } }
}

function locationOf(upload: Upload, context: RegistryContext): string {
  return urlOf(context, `/v2/${upload.repository}/blobs/uploads/${upload.id}`)
}
