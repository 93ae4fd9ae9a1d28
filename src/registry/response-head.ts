import { isNamed, responseHeaders, type RawHeaders } from './headers.ts'
import { type IsUpstream, rewriteLink, rewriteReference, rewriteUploadLocation } from './location.ts'
import type { RegistryRequest } from './request.ts'

/** Status and headers of an answer as the client gets them. */
export interface PublicHead {
  status: number
  headers: string[]
}

/**
 * An upstream's response head made ready for the client: references to the upstream point here, PATCH answers 202 as the
 * spec has it (ECR says 201, which strict clients refuse from a host that does not look like ECR), nothing else changes.
 * Throws UnusableReferenceError (docs/request-handling.md: 17, 18).
 */
export function publicHead(
  request: RegistryRequest,
  status: number,
  raw: RawHeaders,
  isUpstream: IsUpstream,
): PublicHead {
  const rewriteLocation = request.kind === 'upload' ? rewriteUploadLocation : rewriteReference
  const headers = responseHeaders(raw)
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const name = headers[i]
    const value = headers[i + 1] ?? ''
    if (isNamed(name, 'location')) headers[i + 1] = rewriteLocation(value, isUpstream)
    else if (isNamed(name, 'link')) headers[i + 1] = rewriteLink(value, isUpstream)
  }
  return { status: request.method === 'PATCH' && status === 201 ? 202 : status, headers }
}
