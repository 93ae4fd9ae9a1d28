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
    const name = parameterName(parameter)
    if (name === 'ns') continue
    kept.push(paged && name === 'n' ? boundedPageSize(parameter) : parameter)
  }
  return kept.join('&')
}

function parameterName(parameter: string): string {
  const equals = parameter.indexOf('=')
  const raw = equals === -1 ? parameter : parameter.slice(0, equals)
  // A percent-encoded name is the same parameter to ECR; one that does not decode is none that we know.
  if (!raw.includes('%')) return raw
  try {
    return decodeURIComponent(raw)
  } catch {
    return raw
  }
}

function boundedPageSize(parameter: string): string {
  const value = parameter.slice(parameter.indexOf('=') + 1)
  return /^\d+$/.test(value) && Number(value) > MAX_PAGE_SIZE ? `n=${MAX_PAGE_SIZE}` : parameter
}
