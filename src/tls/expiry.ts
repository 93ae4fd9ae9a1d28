import { CERTIFICATE_WARNING_DAYS } from '../limits.ts'
import { certificatesIn, neededOf } from './certificates.ts'
import type { TlsCredentials } from './credentials.ts'
import { publicRoots } from './roots.ts'

const DAY_MS = 24 * 60 * 60_000

/** How long the certificate in use can be served; nothing of it is known without TLS. */
export class CertificateLife {
  readonly #timeOfDay: () => number
  #expiresAt: number | undefined

  /** `timeOfDay` is in milliseconds, and no other clock will do: a certificate's dates are dates. */
  constructor(tls: TlsCredentials | undefined, timeOfDay: () => number = Date.now) {
    this.#timeOfDay = timeOfDay
    if (tls !== undefined) this.replace(tls)
  }

  /** Another certificate is in use from now on. */
  replace({ cert }: TlsCredentials): void {
    this.#expiresAt = expiryOf(cert)
  }

  /** Whole days that are left; less than 0 when it has expired. */
  get daysLeft(): number | undefined {
    return this.#expiresAt === undefined ? undefined : Math.floor((this.#expiresAt - this.#timeOfDay()) / DAY_MS)
  }

  /** What somebody should know about it, or undefined. */
  get warning(): string | undefined {
    return expiryWarning(this.daysLeft ?? Number.NaN)
  }
}

/**
 * When the first certificate that clients need expires, as a time of day in milliseconds: from then on they refuse all of it.
 * `roots` are the authorities that they know; it is those of the public whose old ones are appended.
 */
export function expiryOf(pem: string, roots = publicRoots): number {
  const chain = certificatesIn(pem)
  // Of a shorter chain all is needed, as a rule, and there are 150 roots to read.
  const needed = chain.length < 3 ? chain : neededOf(chain, roots())
  return Math.min(...needed.map(({ validTo }) => Date.parse(validTo)))
}

/** That a certificate has expired or soon will, in words; undefined when that is not soon, or the days are NaN. */
export function expiryWarning(daysLeft: number): string | undefined {
  if (!(daysLeft < CERTIFICATE_WARNING_DAYS)) return undefined
  if (daysLeft < 0) return 'the TLS certificate has expired'
  if (daysLeft < 1) return 'the TLS certificate expires within a day'
  return `the TLS certificate expires in ${daysLeft} ${daysLeft === 1 ? 'day' : 'days'}`
}
