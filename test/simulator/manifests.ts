import type { RegistryContext } from './context.ts'
import { repositoryForPush } from './context.ts'
import type { Answer, Exchange } from './exchange.ts'
import { readBody } from './exchange.ts'
import { parseManifest } from './manifest-json.ts'
import {
  invalidParameter,
  manifestUnknown,
  missingReferences,
  nameUnknown,
  registryError,
  tagInvalid,
  unsupported,
} from './registry-errors.ts'
import type { Repository, StoredManifest } from './store.ts'
import { blobsOf, childrenOf, digestOf } from './store.ts'

const MAX_MANIFEST_BYTES = 4 * 1024 * 1024

export async function manifestAnswer(
  exchange: Exchange,
  name: string,
  reference: string,
  context: RegistryContext,
): Promise<Answer> {
  const { method } = exchange
  const repository = method === 'PUT' ? repositoryForPush(context, name) : context.store.repositories.get(name)
  if (repository === undefined) return nameUnknown(name, context.host.account)
  switch (method) {
    case 'GET':
    case 'HEAD':
      return read(method, repository, reference)
    case 'PUT':
      return put(exchange, repository, reference, context)
    case 'DELETE':
      return remove(repository, reference)
    default:
      return unsupported()
  }
}

function find(repository: Repository, reference: string): StoredManifest | undefined {
  return repository.manifests.get(repository.tags.get(reference) ?? reference)
}

function read(method: 'GET' | 'HEAD', repository: Repository, reference: string): Answer {
  const manifest = find(repository, reference)
  if (manifest === undefined) return manifestUnknown()
  // The digest is told on HEAD and not on GET (oras-go#237, containers-roadmap#1931).
  const digest = method === 'HEAD' ? { 'Docker-Content-Digest': manifest.digest } : {}
  return { status: 200, headers: { 'Content-Type': manifest.mediaType, ...digest }, body: manifest.body }
}

async function put(
  exchange: Exchange,
  repository: Repository,
  reference: string,
  context: RegistryContext,
): Promise<Answer> {
  const body = await readBody(exchange.body, MAX_MANIFEST_BYTES)
  if (body === undefined) {
    return invalidParameter('ImageManifest', `Member must have length less than or equal to ${MAX_MANIFEST_BYTES}`)
  }
  const json = parseManifest(body)
  if (json === undefined) return invalidParameter('ImageManifest', 'Invalid JSON syntax')
  const digest = digestOf(body)
  const tag = reference.includes(':') ? undefined : reference
  if (tag === undefined && reference !== digest) {
    return registryError(400, 'DIGEST_INVALID', 'The provided image digest does not match the calculated image digest')
  }
  const { account } = context.host
  const missingBlobs = blobsOf(json).filter((each) => !repository.blobs.has(each))
  if (missingBlobs.length > 0) return missingReferences('Layers', missingBlobs, repository.name, account)
  const missingImages = childrenOf(json).filter((each) => !repository.manifests.has(each))
  if (missingImages.length > 0) return missingReferences('Images', missingImages, repository.name, account)
  if (json.layers?.length === 0) {
    return invalidParameter('ImageManifest', 'Image manifest must have at least one layer')
  }
  if (tag !== undefined) {
    const current = repository.tags.get(tag)
    if (context.behaviour.immutableTags && current !== undefined && current !== digest) {
      return tagInvalid(tag, repository.name)
    }
    repository.tags.set(tag, digest)
  }
  const mediaType = exchange.headers['content-type'] ?? json.mediaType ?? 'application/json'
  repository.manifests.set(digest, { digest, mediaType, body, json })
  const subject = json.subject?.digest === undefined ? {} : { 'OCI-Subject': json.subject.digest }
  return { status: 201, headers: { 'Docker-Content-Digest': digest, ...subject } }
}

/** By tag only the tag goes, as BatchDeleteImage has it; with its last tag the image goes, too. */
function remove(repository: Repository, reference: string): Answer {
  const manifest = find(repository, reference)
  if (manifest === undefined) return manifestUnknown()
  const tags = [...repository.tags].filter(([, digest]) => digest === manifest.digest).map(([tag]) => tag)
  const byTag = repository.tags.has(reference)
  for (const tag of byTag ? [reference] : tags) repository.tags.delete(tag)
  if (!byTag || tags.length === 1) repository.manifests.delete(manifest.digest)
  return { status: 202 }
}
