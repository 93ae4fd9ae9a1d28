import { randomBytes, randomUUID } from 'node:crypto'
import type { Exchange } from './exchange.ts'
import type { Scope } from './sigv4.ts'
import { amzDateOf, parseAmzDate, scopeText, signatureOf } from './sigv4.ts'

const EXPIRES_SECONDS = 3600

export type PresignedVerdict = 'valid' | 'unsigned' | 'mismatch' | { readonly expiredAt: number }

/** Signs and verifies the URLs that the registry redirects to, with keys that never leave it. */
export class Presigner {
  readonly #region: string
  readonly #accessKeyId = `ASIA${randomBytes(8).toString('hex').toUpperCase()}`
  readonly #secretAccessKey = randomBytes(30).toString('base64')
  // The session token makes up most of the one to two kilobytes that these URLs have.
  readonly #sessionToken = randomBytes(700).toString('base64')

  constructor(region: string) {
    this.#region = region
  }

  /** A URL for GET, valid for an hour from `now` (milliseconds since the epoch). */
  sign(origin: string, path: string, now = Date.now()): string {
    const amzDate = amzDateOf(now)
    const scope = this.#scope(amzDate)
    const query = new URLSearchParams([
      ['X-Amz-Security-Token', this.#sessionToken],
      ['X-Amz-Algorithm', 'AWS4-HMAC-SHA256'],
      ['X-Amz-Date', amzDate],
      ['X-Amz-SignedHeaders', 'host'],
      ['X-Amz-Expires', String(EXPIRES_SECONDS)],
      ['X-Amz-Credential', `${this.#accessKeyId}/${scopeText(scope)}`],
    ])
    const signature = this.#signature('GET', path, query, new URL(origin).host, amzDate)
    return `${origin}${path}?${query.toString()}&X-Amz-Signature=${signature}`
  }

  verify({ method, path, query, headers }: Exchange): PresignedVerdict {
    const signed = new URLSearchParams([...query].filter(([name]) => name !== 'X-Amz-Signature'))
    const signature = query.get('X-Amz-Signature')
    const amzDate = query.get('X-Amz-Date') ?? ''
    const signedAt = parseAmzDate(amzDate)
    if (signature === null || Number.isNaN(signedAt)) return 'unsigned'
    const expiredAt = signedAt + Number(query.get('X-Amz-Expires')) * 1000
    if (!(Date.now() < expiredAt)) return { expiredAt }
    const expected = this.#signature(method, path, signed, headers.host ?? '', amzDate)
    return signature === expected ? 'valid' : 'mismatch'
  }

  /** `/<hash>-<account>-<uuid>/<uuid>`: an object's name tells nothing of the layer's digest. */
  static newObjectPath(account: string): string {
    return `/${randomBytes(20).toString('hex')}-${account}-${randomUUID()}/${randomUUID()}`
  }

  #signature(method: string, path: string, query: URLSearchParams, host: string, amzDate: string): string {
    const headers = new Map([['host', host]])
    const scope = this.#scope(amzDate)
    const request = { method, path, query, headers, payloadHash: 'UNSIGNED-PAYLOAD', amzDate, scope }
    return signatureOf(request, this.#secretAccessKey)
  }

  #scope(amzDate: string): Scope {
    return { date: amzDate.slice(0, 8), region: this.#region, service: 's3' }
  }
}
