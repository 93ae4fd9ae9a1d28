export type Route =
  | { readonly kind: 'ping' }
  | { readonly kind: 'catalog' }
  | { readonly kind: 'tags'; readonly repository: string }
  | { readonly kind: 'manifest'; readonly repository: string; readonly reference: string }
  | { readonly kind: 'blob'; readonly repository: string; readonly digest: string }
  | { readonly kind: 'uploads'; readonly repository: string }
  | { readonly kind: 'upload'; readonly repository: string; readonly id: string }
  | { readonly kind: 'referrers'; readonly repository: string; readonly digest: string }

const REPOSITORY_NAME = /^[a-z0-9]+(?:[._-][a-z0-9]+)*(?:\/[a-z0-9]+(?:[._-][a-z0-9]+)*)*$/

/** What a path asks for; undefined for a path that is not of the registry API. The repository is not checked. */
export function parseRoute(path: string): Route | undefined {
  if (path === '/v2' || path === '/v2/') return { kind: 'ping' }
  if (path === '/v2/_catalog') return { kind: 'catalog' }
  const [, repository, rest] = /^\/v2\/(.+?)\/((?:manifests|blobs|tags|referrers)\/.*)$/.exec(path) ?? []
  if (repository === undefined || rest === undefined) return undefined
  if (rest === 'tags/list') return { kind: 'tags', repository }
  if (rest === 'blobs/uploads' || rest === 'blobs/uploads/') return { kind: 'uploads', repository }
  const [, id] = /^blobs\/uploads\/([^/]+)$/.exec(rest) ?? []
  if (id !== undefined) return { kind: 'upload', repository, id }
  const [, noun, encoded] = /^(manifests|blobs|referrers)\/([^/]+)$/.exec(rest) ?? []
  if (noun === undefined || encoded === undefined) return undefined
  const reference = encoded.replace(/%3A/i, ':')
  if (noun === 'manifests') return { kind: 'manifest', repository, reference }
  return { kind: noun === 'blobs' ? 'blob' : 'referrers', repository, digest: reference }
}

export function isRepositoryName(name: string): boolean {
  return name.length >= 2 && name.length <= 256 && REPOSITORY_NAME.test(name)
}
