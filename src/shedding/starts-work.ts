import type { RegistryRequest } from '../registry/request.ts'

/**
 * Whether a request starts something, which may as well start later or elsewhere. What goes on with an upload, or ends a
 * push with its manifest, does not: all that was sent before would be lost with it.
 */
export function startsWork(request: RegistryRequest): boolean {
  switch (request.kind) {
    case 'ping':
      return false
    case 'upload':
      return request.method === 'POST'
    case 'manifest':
    case 'blob':
    case 'tags':
    case 'referrers':
    case 'catalog':
      return request.method === 'GET' || request.method === 'HEAD'
    default:
      return request satisfies never
  }
}
