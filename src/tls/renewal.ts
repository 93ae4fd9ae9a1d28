import { isDeepStrictEqual } from 'node:util'
import type { Clock } from '../clock.ts'
import { CERTIFICATE_LOOK_MS, CERTIFICATE_REMINDER_MS } from '../limits.ts'
import type { Log } from '../log.ts'
import { checkTlsCredentials, type TlsCredentials } from './credentials.ts'
import { type CertificateLife, expiryOf } from './expiry.ts'
import { isPemText, type Pem, rereadPem } from './pem.ts'

export interface RenewalOptions {
  /** TLS_CERTIFICATE and TLS_PRIVATE_KEY: where to look. */
  certificate: string
  privateKey: string
  inUse: TlsCredentials
  /** Of the certificate in use. */
  life: Pick<CertificateLife, 'daysLeft' | 'warning'>
  /** Takes another pair into use. */
  use: (tls: TlsCredentials) => void
  clock: Clock
  log: Log
}

/** What the two settings have come to at one moment. */
interface Found {
  cert: Pem
  key: Pem
}

/**
 * Takes a renewed certificate from the files that the configuration names. They are written one after the other, and each
 * bit by bit: so what is found, good or bad, counts when two looks in a row have found the same.
 */
export class CertificateRenewal {
  readonly #options: RenewalOptions
  #inUse: TlsCredentials
  #seen: Found
  /** What counted last. */
  #judged: Found
  #looks: Promise<void> = Promise.resolve()
  #cancelLook = (): void => {}
  #cancelReminder = (): void => {}
  #closed = false

  constructor(options: RenewalOptions) {
    this.#options = options
    this.#inUse = options.inUse
    this.#judged = { cert: { text: options.inUse.cert }, key: { text: options.inUse.key } }
    this.#seen = this.#judged
  }

  /** Begins to look for a renewed certificate, and to warn of one that was not renewed in time. */
  start(): void {
    const { certificate, privateKey } = this.#options
    this.#remind()
    if (!isPemText(certificate) || !isPemText(privateKey)) this.#lookLater()
  }

  /** Takes into use what is there now, even if it is the same. */
  force(): void {
    void this.#look(true)
  }

  close(): void {
    this.#closed = true
    this.#cancelLook()
    this.#cancelReminder()
  }

  #remind(): void {
    this.#warn()
    this.#cancelReminder = this.#options.clock.after(CERTIFICATE_REMINDER_MS, () => this.#remind())
  }

  #lookLater(): void {
    this.#cancelLook = this.#options.clock.after(CERTIFICATE_LOOK_MS, () => void this.#lookAgainAndAgain())
  }

  async #lookAgainAndAgain(): Promise<void> {
    await this.#look(false)
    if (!this.#closed) this.#lookLater()
  }

  /** One look at a time: an older one must not come to an end after a newer one. */
  async #look(forced: boolean): Promise<void> {
    this.#looks = this.#lookAfter(this.#looks, forced)
    return this.#looks
  }

  async #lookAfter(earlier: Promise<void>, forced: boolean): Promise<void> {
    await earlier
    const found = await this.#find()
    if (this.#closed) return
    const settled = isDeepStrictEqual(found, this.#seen)
    this.#seen = found
    if (forced || (settled && !isDeepStrictEqual(found, this.#judged))) this.#judge(found, forced)
  }

  async #find(): Promise<Found> {
    const { certificate, privateKey } = this.#options
    const [cert, key] = await Promise.all([
      rereadPem('TLS_CERTIFICATE', certificate, this.#inUse.cert),
      rereadPem('TLS_PRIVATE_KEY', privateKey, this.#inUse.key),
    ])
    return { cert, key }
  }

  #judge(found: Found, forced: boolean): void {
    const { use, log } = this.#options
    this.#judged = found
    const result = checkTlsCredentials(found.cert, found.key)
    if ('problems' in result) {
      log.error(result, 'the TLS certificate cannot be replaced; the one before stays in use')
    } else if (!forced && isDeepStrictEqual(result, this.#inUse)) {
      log.info({}, 'the TLS certificate in use is in its place again')
    } else {
      this.#inUse = result
      use(result)
      const validTo = new Date(expiryOf(result.cert)).toISOString()
      log.info({ validTo }, 'TLS certificate and key were read again')
      this.#warn()
    }
  }

  #warn(): void {
    const { life, log } = this.#options
    const { daysLeft, warning } = life
    if (warning !== undefined) log.warn({ daysLeft, warning }, 'the TLS certificate has to be renewed')
  }
}
