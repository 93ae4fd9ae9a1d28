import { RegistryError } from './errors.ts'
import { isDigest, isRepositoryName, isTag } from './grammar.ts'
import { upstreamQuery } from './query.ts'
import type { RegistryRequest } from './request.ts'

/** Sender and receiver must agree on where a path ends, so an upload id is one segment of RFC 3986 pchar. */
const UPLOAD_ID = /^(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})+$/

const READ = ['GET', 'HEAD']
const MANIFEST_METHODS = ['GET', 'HEAD', 'PUT', 'DELETE']
const BLOB_METHODS = ['GET', 'HEAD', 'DELETE']
const UPLOAD_METHODS = ['GET', 'PATCH', 'PUT', 'DELETE']

/**
 * Reads a request-target under `/v2` as a registry request. Throws a RegistryError: NAME_INVALID for what has no valid
 * repository name, UNSUPPORTED for a method that the endpoint does not have, and the code of the kind for a bad reference
 * (docs/request-handling.md: 5).
 */
export function parseRegistryRequest(method: string, target: string): RegistryRequest {
  const mark = target.indexOf('?')
  const path = mark === -1 ? target : target.slice(0, mark)
  const rawQuery = mark === -1 ? '' : target.slice(mark + 1)

  if (path === '/v2/' || path === '/v2') return { kind: 'ping', method: allow(method, READ), query: '' }
  if (!path.startsWith('/v2/')) throw new RegistryError(404, 'NAME_INVALID', 'the path is not under /v2/')
  if (path === '/v2/_catalog') {
    return { kind: 'catalog', method: allow(method, READ), query: upstreamQuery(rawQuery, true) }
  }
  return parseInRepository(method, path.slice('/v2/'.length), rawQuery)
}

/** A repository may itself be called `a/blobs/uploads`, so the endpoint is read from the end of the path. */
function parseInRepository(method: string, path: string, rawQuery: string): RegistryRequest {
  const [head, last] = cutLast(path)
  const [name, endpoint] = cutLast(head)
  const isTagList = endpoint === 'tags' && last === 'list'
  const query = upstreamQuery(rawQuery, isTagList)

  if (endpoint === 'manifests') {
    const repository = repositoryName(name)
    allow(method, MANIFEST_METHODS)
    return { kind: 'manifest', method, query, repository, reference: reference(method, last) }
  }
  if (isTagList) {
    const repository = repositoryName(name)
    return { kind: 'tags', method: allow(method, READ), query, repository }
  }
  if (endpoint === 'referrers') {
    const repository = repositoryName(name)
    return { kind: 'referrers', method: allow(method, READ), query, repository, reference: digest(last) }
  }
  // `…/blobs/uploads` without its slash is what some clients send to start an upload.
  if (endpoint === 'blobs' && last === 'uploads') return startedUpload(method, name, query)
  if (endpoint === 'blobs') {
    const repository = repositoryName(name)
    allow(method, BLOB_METHODS)
    return { kind: 'blob', method, query, repository, reference: digest(last) }
  }
  if (endpoint === 'uploads') {
    const [repository, blobs] = cutLast(name)
    if (blobs === 'blobs') {
      if (last === '') return startedUpload(method, repository, query)
      return {
        kind: 'upload',
        method: allow(method, UPLOAD_METHODS),
        query,
        repository: repositoryName(repository),
        id: uploadId(last),
      }
    }
  }
  throw new RegistryError(404, 'NAME_INVALID', 'the path is none of the registry API')
}

function startedUpload(method: string, name: string, query: string): RegistryRequest {
  const repository = repositoryName(name)
  return { kind: 'upload', method: allow(method, ['POST']), query, repository, id: '' }
}

function cutLast(path: string): [head: string, last: string] {
  const slash = path.lastIndexOf('/')
  return slash === -1 ? ['', path] : [path.slice(0, slash), path.slice(slash + 1)]
}

function allow(method: string, methods: readonly string[]): string {
  if (methods.includes(method)) return method
  throw new RegistryError(405, 'UNSUPPORTED', `this endpoint takes ${methods.join(', ')}`, { allow: methods })
}

function repositoryName(text: string): string {
  if (isRepositoryName(text)) return text
  throw new RegistryError(
    400,
    'NAME_INVALID',
    'the repository name is not valid: lower-case letters, digits and . _ - / only',
  )
}

function digest(text: string): string {
  const decoded = text.replace(/%3a/i, ':')
  if (isDigest(decoded)) return decoded
  throw new RegistryError(400, 'DIGEST_INVALID', 'the digest is not valid: expected algorithm:hex, such as sha256:…')
}

/** A reference that cannot exist is simply not found when it is read; the conformance suite asks for 404. */
function reference(method: string, text: string): string {
  if (isTag(text)) return text
  const decoded = text.replace(/%3a/i, ':')
  if (isDigest(decoded)) return decoded
  if (method !== 'PUT')
    throw new RegistryError(404, 'MANIFEST_UNKNOWN', 'the reference is neither a valid tag nor a digest')
  if (text.includes(':')) throw new RegistryError(400, 'DIGEST_INVALID', 'the reference is not a valid digest')
  throw new RegistryError(400, 'TAG_INVALID', 'the tag is not valid: at most 128 letters, digits and _ . -')
}

function uploadId(text: string): string {
  if (UPLOAD_ID.test(text) && !changesPath(text)) return text
  throw new RegistryError(404, 'BLOB_UPLOAD_UNKNOWN', 'the upload id is not valid')
}

/** Whether a receiver that decodes the segment, be it twice, would see another path in it. */
function changesPath(segment: string): boolean {
  const decoded = decodeOctets(decodeOctets(segment))
  return decoded === '.' || decoded === '..' || /[/\\]|[^ -\xff]/.test(decoded)
}

function decodeOctets(text: string): string {
  return text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}
