/** Headers as Node and undici carry them: name, value, name, value, …, in the order and case of the wire. */
export type RawHeaders = readonly string[]

// RFC 9110 section 7.6.1, and RFC 7230's list for senders that still follow it.
const HOP_BY_HOP = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-authentication-info',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]

// A message keeps these even when `Connection` lists them: its framing and addressing are no hop's to remove.
const NOT_REMOVABLE = new Set(['content-length', 'host'])

// What a client sends for the proxy, not for ECR. Node has already answered `Expect`, and undici refuses to send it.
const NOT_FOR_THE_UPSTREAM = new Set([
  ...HOP_BY_HOP,
  'authorization',
  'cookie',
  'content-length',
  'expect',
  'forwarded',
  'host',
  'via',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-proto',
  'x-real-ip',
])

/** The client's headers that go upstream. Content-Length and Host are the sender's to write, from what it really sends (docs/request-handling.md: 11). */
export function requestHeaders(client: RawHeaders): string[] {
  return without(client, NOT_FOR_THE_UPSTREAM)
}

// Ours alone: a challenge to the proxy's token, and a request id that names another request.
const NOT_FOR_THE_CLIENT = new Set([...HOP_BY_HOP, 'www-authenticate', 'x-request-id'])

/** The upstream's headers that go to the client. */
export function responseHeaders(upstream: RawHeaders): string[] {
  return without(upstream, NOT_FOR_THE_CLIENT)
}

/** Whether a header's name is this lower-case one. Most have another length, which is cheaper to see than their case. */
export function isNamed(name: string | undefined, lower: string): boolean {
  return name?.length === lower.length && name.toLowerCase() === lower
}

/** The first value of a header, or undefined. `name` is lower case. */
export function headerValue(headers: RawHeaders, name: string): string | undefined {
  for (let i = 0; i + 1 < headers.length; i += 2) {
    if (isNamed(headers[i], name)) return headers[i + 1]
  }
  return undefined
}

/** The headers with those of the given lower-case names taken out. */
export function withoutHeaders(headers: RawHeaders, names: ReadonlySet<string>): string[] {
  const kept: string[] = []
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const name = headers[i] ?? ''
    if (!names.has(name.toLowerCase())) kept.push(name, headers[i + 1] ?? '')
  }
  return kept
}

// CVE-2026-33805: names listed in a client's Connection are taken out before anything of ours is added, never after.
function without(headers: RawHeaders, removed: ReadonlySet<string>): string[] {
  const kept: string[] = []
  let listed: Set<string> | undefined
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const name = headers[i] ?? ''
    const lower = name.toLowerCase()
    const value = headers[i + 1] ?? ''
    if (lower === 'connection') listed = listedIn(value, removed, listed)
    if (!removed.has(lower)) kept.push(name, value)
  }
  return listed === undefined ? kept : withoutHeaders(kept, listed)
}

/** The names that a Connection header lists beside those that go anyway; as a rule it lists only those. */
function listedIn(
  connection: string,
  removed: ReadonlySet<string>,
  before: Set<string> | undefined,
): Set<string> | undefined {
  let listed = before
  for (const option of connection.split(',')) {
    const name = option.trim().toLowerCase()
    if (!removed.has(name) && !NOT_REMOVABLE.has(name)) (listed ??= new Set()).add(name)
  }
  return listed
}
