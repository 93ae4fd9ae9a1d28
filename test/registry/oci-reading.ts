/**
 * A second reading of the OCI distribution spec 1.1, by hand and without regular expressions, to hold the parser against.
 * It knows names, references and endpoints; queries, upload ids and status codes are not its matter.
 */
export interface Endpoint {
  kind: 'ping' | 'catalog' | 'manifest' | 'blob' | 'upload' | 'tags' | 'referrers'
  repository: string
  /** The reference as the client meant it; empty where the endpoint has none. */
  reference: string
}

// The spec's table of endpoints, by what a path ends with; `_catalog` and HEAD of lists are those of the Docker registry.
const METHODS = {
  ping: ['GET', 'HEAD'],
  catalog: ['GET', 'HEAD'],
  manifest: ['GET', 'HEAD', 'PUT', 'DELETE'],
  blob: ['GET', 'HEAD', 'DELETE'],
  start: ['POST'],
  upload: ['GET', 'PATCH', 'PUT', 'DELETE'],
  tags: ['GET', 'HEAD'],
  referrers: ['GET', 'HEAD'],
}

/** The endpoint that a path without its query names, or undefined where the spec has none for it. */
export function readEndpoint(method: string, path: string): Endpoint | undefined {
  const segments = path.split('/')
  if (segments[0] !== '' || segments[1] !== 'v2') return undefined
  const rest = segments.slice(2)
  if (rest.length === 0 || (rest.length === 1 && rest[0] === '')) return found(method, 'ping', 'ping', [], '')
  if (rest.length === 1) return rest[0] === '_catalog' ? found(method, 'catalog', 'catalog', [], '') : undefined
  return inRepository(method, rest)
}

function inRepository(method: string, rest: string[]): Endpoint | undefined {
  const last = rest.at(-1) ?? ''
  const before = rest.at(-2) ?? ''
  const name = rest.slice(0, -2)
  const reference = last.split('%3A').join(':').split('%3a').join(':')
  if (before === 'manifests') {
    return isTag(last) || isDigest(reference) ? found(method, 'manifest', 'manifest', name, reference) : undefined
  }
  if (before === 'tags' && last === 'list') return found(method, 'tags', 'tags', name, '')
  if (before === 'referrers')
    return isDigest(reference) ? found(method, 'referrers', 'referrers', name, reference) : undefined
  if (before === 'blobs' && last === 'uploads') return found(method, 'start', 'upload', name, '')
  if (before === 'blobs') return isDigest(reference) ? found(method, 'blob', 'blob', name, reference) : undefined
  if (before !== 'uploads' || rest.at(-3) !== 'blobs') return undefined
  return found(method, last === '' ? 'start' : 'upload', 'upload', rest.slice(0, -3), last)
}

function found(
  method: string,
  row: keyof typeof METHODS,
  kind: Endpoint['kind'],
  name: string[],
  reference: string,
): Endpoint | undefined {
  const repository = name.join('/')
  if (!METHODS[row].includes(method)) return undefined
  if (kind !== 'ping' && kind !== 'catalog' && !isName(name)) return undefined
  return { kind, repository, reference }
}

const LOWER = 'abcdefghijklmnopqrstuvwxyz'
const DIGITS = '0123456789'
const WORD = LOWER + LOWER.toUpperCase() + DIGITS

function isName(components: string[]): boolean {
  return components.length > 0 && components.join('/').length <= 256 && components.every((text) => isComponent(text))
}

/** `[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*` */
function isComponent(text: string): boolean {
  let separator = ''
  let sawWord = false
  for (const character of text) {
    if ((LOWER + DIGITS).includes(character)) {
      if (separator !== '' && !(sawWord && isSeparator(separator))) return false
      separator = ''
      sawWord = true
    } else separator += character
  }
  return sawWord && separator === ''
}

function isSeparator(text: string): boolean {
  return text === '.' || text === '_' || text === '__' || text.split('').every((each) => each === '-')
}

/** `[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}` */
function isTag(text: string): boolean {
  const [first = '.', ...others] = text
  return text.length <= 128 && `${WORD}_`.includes(first) && others.every((each) => `${WORD}._-`.includes(each))
}

/** `algorithm ":" encoded` of the image spec, 256 characters at most; sha256 and sha512 in lower-case hex of their length. */
function isDigest(text: string): boolean {
  if (text.length > 256) return false
  const [algorithm = '', encoded = '', ...more] = text.split(':')
  if (more.length > 0 || encoded === '' || ![...encoded].every((each) => `${WORD}=_-`.includes(each))) return false
  const components = algorithm.split('+').flatMap((part) => part.split('.').flatMap((each) => each.split('_')))
  const words = components.flatMap((part) => part.split('-'))
  if (!words.every((word) => word !== '' && [...word].every((each) => (LOWER + DIGITS).includes(each)))) return false
  const length = algorithm === 'sha256' ? 64 : algorithm === 'sha512' ? 128 : undefined
  if (length === undefined) return true
  return encoded.length === length && [...encoded].every((each) => `${DIGITS}abcdef`.includes(each))
}
