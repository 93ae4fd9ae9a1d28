import { randomBytes } from 'node:crypto'

const DEFAULT_LIFETIME_MS = 12 * 60 * 60_000
// Together these make a token of 4,780 bytes; 4,781 was measured on ECR in January 2025.
const PAYLOAD_BYTES = 1746
const DATA_KEY_BYTES = 188

export type Verdict = 'live' | 'expired' | 'unknown'

/** Issues ECR authorization tokens and knows which of them still count. */
export class TokenAuthority {
  /** Of tokens issued from now on, in milliseconds. */
  lifetimeMs: number
  #calls = 0
  readonly #expiries = new Map<string, number>()

  constructor(lifetimeMs = DEFAULT_LIFETIME_MS) {
    this.lifetimeMs = lifetimeMs
  }

  /** How many GetAuthorizationToken calls got as far as a token. */
  get calls(): number {
    return this.#calls
  }

  countCall(): void {
    this.#calls += 1
  }

  /** base64 of `AWS:<password>`, to be sent verbatim after `Basic `. */
  issue(lifetimeMs = this.lifetimeMs): string {
    const expiresAt = Date.now() + lifetimeMs
    const token = newToken(expiresAt)
    this.#expiries.set(token, expiresAt)
    return token
  }

  /** Takes a token of another issuer for one of its own, until `expiresAt`. */
  adopt(token: string, expiresAt: number): void {
    this.#expiries.set(token, expiresAt)
  }

  /** Milliseconds since the epoch; throws for a token that was not issued here. */
  expiryOf(token: string): number {
    const expiresAt = this.#expiries.get(token)
    if (expiresAt === undefined) throw new Error('not a token of this authority')
    return expiresAt
  }

  isLive(token: string): boolean {
    return (this.#expiries.get(token) ?? 0) > Date.now()
  }

  revoke(token: string): void {
    if (this.#expiries.has(token)) this.#expiries.set(token, 0)
  }

  revokeAll(): void {
    for (const token of this.#expiries.keys()) this.revoke(token)
  }

  /** Tokens run out now, as if their time had passed; `expiryOf` tells it. */
  expireAll(): void {
    const now = Date.now()
    for (const [token, expiresAt] of this.#expiries) this.#expiries.set(token, Math.min(expiresAt, now))
  }

  /** What ECR makes of an Authorization header. */
  judge(authorization: string | undefined): Verdict {
    const token = /^basic +(\S+)$/i.exec(authorization ?? '')?.[1]
    if (token === undefined) return 'unknown'
    if (this.isLive(token)) return 'live'
    return this.#expiries.has(token) || isDoublyEncoded(token) || looksLikeToken(token) ? 'expired' : 'unknown'
  }
}

function newToken(expiresAt: number): string {
  const password = Buffer.from(
    JSON.stringify({
      payload: randomBytes(PAYLOAD_BYTES).toString('base64'),
      datakey: randomBytes(DATA_KEY_BYTES).toString('base64'),
      version: '2',
      type: 'DATA_KEY',
      expiration: Math.floor(expiresAt / 1000),
    }),
  ).toString('base64')
  return encode(`AWS:${password}`)
}

// A token of another region is well formed, and ECR says of it, too, that it has expired.
function looksLikeToken(token: string): boolean {
  const password = /^AWS:(.+)$/.exec(decode(token))?.[1]
  return password !== undefined && decode(password).startsWith('{"payload":')
}

// aws-sdk-java#818: a token that was encoded once more is called expired, not wrong.
function isDoublyEncoded(token: string): boolean {
  const decoded = decode(token)
  return looksLikeToken(decoded) || looksLikeToken(decoded.replace(/^AWS:/, ''))
}

function encode(text: string): string {
  return Buffer.from(text).toString('base64')
}

function decode(text: string): string {
  return Buffer.from(text, 'base64').toString('latin1')
}
