interface Parsed {
  method: string
  /** The query as the client sent it, byte for byte, without `?`, with `ns` taken out and `n` bounded. */
  query: string
}

interface InRepository extends Parsed {
  repository: string
}

/** A request of the registry API (OCI distribution spec, "Endpoints"), parsed once at the edge. */
export type RegistryRequest =
  | (Parsed & { kind: 'ping' })
  | (Parsed & { kind: 'catalog' })
  | (InRepository & { kind: 'manifest'; reference: string })
  | (InRepository & { kind: 'blob'; reference: string })
  /** `id` is empty where an upload is started. */
  | (InRepository & { kind: 'upload'; id: string })
  | (InRepository & { kind: 'tags' })
  | (InRepository & { kind: 'referrers'; reference: string })

/** What a request is about, as logs and pages show it. */
export interface Subject {
  kind: RegistryRequest['kind'] | undefined
  repository: string | undefined
  reference: string | undefined
}

export function subjectOf(request: RegistryRequest | undefined): Subject {
  return {
    kind: request?.kind,
    repository: request !== undefined && 'repository' in request ? request.repository : undefined,
    reference: request !== undefined && 'reference' in request ? request.reference : undefined,
  }
}

/** The request-target to send upstream, rebuilt from what was parsed and from nothing else. */
export function upstreamTarget(request: RegistryRequest): string {
  const path = upstreamPath(request)
  return request.query === '' ? path : `${path}?${request.query}`
}

function upstreamPath(request: RegistryRequest): string {
  switch (request.kind) {
    case 'ping':
      return '/v2/'
    case 'catalog':
      return '/v2/_catalog'
    case 'manifest':
      return `/v2/${request.repository}/manifests/${request.reference}`
    case 'blob':
      return `/v2/${request.repository}/blobs/${request.reference}`
    case 'upload':
      return `/v2/${request.repository}/blobs/uploads/${request.id}`
    case 'tags':
      return `/v2/${request.repository}/tags/list`
    case 'referrers':
      return `/v2/${request.repository}/referrers/${request.reference}`
    default:
      return request satisfies never
  }
}
