/** ECR answers 405 UNSUPPORTED to a larger page, where the spec lets a registry send fewer. */
const MAX_PAGE_SIZE = 1000

/**
 * The query to send upstream. `ns` is taken out: containerd adds it for mirrors, and ECR does not know it. With `paged`,
 * an `n` above 1000 becomes 1000. Every other byte stays as it came (docs/request-handling.md: 6).
 */
export function upstreamQuery(query: string, paged: boolean): string {
  if (query === '') return query
  const kept: string[] = []
  for (const parameter of query.split('&')) {
    const [name, value] = decoded(parameter)
    if (name === 'ns') continue
    kept.push(paged && name === 'n' && isAboveLimit(value) ? `n=${MAX_PAGE_SIZE}` : parameter)
  }
  return kept.join('&')
}

/** A percent-encoded name or value is the same to ECR; one that does not decode is none that we know. */
function decoded(parameter: string): [name: string, value: string] {
  const equals = parameter.indexOf('=')
  const [name, value] = equals === -1 ? [parameter, ''] : [parameter.slice(0, equals), parameter.slice(equals + 1)]
  return [decode(name), decode(value)]
}

function decode(text: string): string {
  if (!text.includes('%')) return text
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function isAboveLimit(value: string): boolean {
  return /^\d+$/.test(value) && Number(value) > MAX_PAGE_SIZE
}
