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
  // From the end: a repository may itself be called `team/tags` or `a/blobs/uploads`.
  const [, tagged] = /^\/v2\/(.+)\/tags\/list$/.exec(path) ?? []
  if (tagged !== undefined) return { kind: 'tags', repository: tagged }
  const [, started] = /^\/v2\/(.+)\/blobs\/uploads\/?$/.exec(path) ?? []
  if (started !== undefined) return { kind: 'uploads', repository: started }
  const [, uploaded, id] = /^\/v2\/(.+)\/blobs\/uploads\/([^/]+)$/.exec(path) ?? []
  if (uploaded !== undefined && id !== undefined) return { kind: 'upload', repository: uploaded, id }
  const [, repository, noun, encoded] = /^\/v2\/(.+)\/(manifests|blobs|referrers)\/([^/]+)$/.exec(path) ?? []
  if (repository === undefined || encoded === undefined) return undefined
  const reference = encoded.replace(/%3A/i, ':')
  if (noun === 'manifests') return { kind: 'manifest', repository, reference }
  return { kind: noun === 'blobs' ? 'blob' : 'referrers', repository, digest: reference }
}

export function isRepositoryName(name: string): boolean {
  return name.length >= 2 && name.length <= 256 && REPOSITORY_NAME.test(name)
}
