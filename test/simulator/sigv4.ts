import { createHash, createHmac } from 'node:crypto'

export interface Scope {
  /** YYYYMMDD */
  readonly date: string
  readonly region: string
  readonly service: string
}

export interface Signable {
  readonly method: string
  /** As on the wire. */
  readonly path: string
  readonly query: URLSearchParams
  /** Lower-case names; those that are signed, no others. */
  readonly headers: ReadonlyMap<string, string>
  /** SHA-256 in hex, or UNSIGNED-PAYLOAD. */
  readonly payloadHash: string
  /** YYYYMMDDTHHMMSSZ */
  readonly amzDate: string
  readonly scope: Scope
}

/** The Signature Version 4 of a request, in hex. */
export function signatureOf(request: Signable, secretAccessKey: string): string {
  const { date, region, service } = request.scope
  const stringToSign = ['AWS4-HMAC-SHA256', request.amzDate, scopeText(request.scope), sha256(canonical(request))]
  const key = [date, region, service, 'aws4_request'].reduce<string | Buffer>(hmac, `AWS4${secretAccessKey}`)
  return hmac(key, stringToSign.join('\n')).toString('hex')
}

export function scopeText({ date, region, service }: Scope): string {
  return `${date}/${region}/${service}/aws4_request`
}

/** `20261123T203705Z` */
export function amzDateOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/[-:]|\.\d{3}/g, '')
}

/** Milliseconds since the epoch, NaN when it is no such date. */
export function parseAmzDate(text: string): number {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text)
  if (parts === null) return Number.NaN
  const [, year, month, day, hour, minute, second] = parts
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
}

export function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex')
}

function canonical(request: Signable): string {
  const headers = [...request.headers].toSorted(byName)
  const query = [...request.query].map(([name, value]) => [escape(name), escape(value)] as const).toSorted(byName)
  return [
    request.method,
    request.path,
    query.map(([name, value]) => `${name}=${value}`).join('&'),
    ...headers.map(([name, value]) => `${name}:${value.trim().replace(/ +/g, ' ')}`),
    '',
    headers.map(([name]) => name).join(';'),
    request.payloadHash,
  ].join('\n')
}

// By code point, as the signature wants it, and not by any locale.
function byName(a: readonly [string, string], b: readonly [string, string]): number {
  if (a[0] === b[0]) return 0
  return a[0] < b[0] ? -1 : 1
}

function escape(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
}

function hmac(key: string | Buffer, data: string): Buffer {
  return createHmac('sha256', key).update(data).digest()
}
