/** Whether a host name (no port) is one that the upstream answers to. */
export type IsUpstream = (host: string) => boolean

/** A reference that names the upstream but leads outside its registry API, so no client could follow it through here. */
export class UnusableReferenceError extends Error {
  override readonly name = 'UnusableReferenceError'
}

// `\` is as good as `/`, because URL parsers of browsers and of Node read it so.
// Its end is not looked for: what follows is a KB in a presigned URL.
const ABSOLUTE = /^(?:https?:)?[/\\]{2}([^/?#\\]*)/i

// RFC 8288: a `<` within a quoted parameter begins no target.
const TARGET_OR_QUOTED = /<([^>]*)>|"(?:[^"\\]|\\.)*"/g

/**
 * A Location or Link target that names the upstream, cut to its path-absolute rest, which is right behind any load
 * balancer, port or scheme. It is cut as bytes: parsing and printing a URL would change an opaque upload state.
 * Anything that does not name the upstream is returned as it is. Throws UnusableReferenceError when the rest is not
 * under `/v2/`: `https://UPSTREAM//evil.example/x` must not become `//evil.example/x`.
 */
export function rewriteReference(reference: string, isUpstream: IsUpstream): string {
  const match = ABSOLUTE.exec(reference)
  if (match === null) return reference
  const [named, authority = ''] = match
  if (!isUpstream(hostOf(authority))) return reference
  const rest = reference.slice(named.length)
  if (!rest.startsWith('/v2/')) throw new UnusableReferenceError('a reference to the upstream leads outside /v2/')
  return rest
}

/** As rewriteReference, for an upload's Location, which must stay under `/v2/` here: the client sends the layer there. */
export function rewriteUploadLocation(location: string, isUpstream: IsUpstream): string {
  const rewritten = rewriteReference(location, isUpstream)
  if (!rewritten.startsWith('/v2/')) throw new UnusableReferenceError('an upload Location leads outside /v2/')
  return rewritten
}

/** A Link header (RFC 8288) with every target rewritten; parameters and spacing stay byte for byte. */
export function rewriteLink(link: string, isUpstream: IsUpstream): string {
  return link.replace(TARGET_OR_QUOTED, (whole, target?: string) =>
    target === undefined ? whole : `<${rewriteReference(target, isUpstream)}>`,
  )
}

function hostOf(authority: string): string {
  const host = authority.slice(authority.lastIndexOf('@') + 1)
  // A dot at its end is the root of DNS, and the same host.
  return host.replace(/\.?(?::\d*)?$/, '').toLowerCase()
}
