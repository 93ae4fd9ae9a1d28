import { X509Certificate } from 'node:crypto'
import { mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { type Certificates, makeCertificates } from '../support/certificates.ts'
import type { Endpoint } from './client.ts'

const LINK = 'current'

/** A certificate and its key as files that are replaced together, the way Kubernetes does it: by the swap of a symlink. */
export class RenewedCertificate {
  readonly #directory: string
  #made: Certificates
  #number = 0

  private constructor(directory: string, made: Certificates) {
    this.#directory = directory
    this.#made = made
  }

  static async make(directory: string): Promise<RenewedCertificate> {
    const renewed = new RenewedCertificate(directory, await makeCertificates(['localhost']))
    renewed.#write()
    return renewed
  }

  /** Where the proxy finds the pair, and what clients trust, which stays the same. */
  get certificates(): Certificates {
    const path = (name: string): string => join(this.#directory, LINK, name)
    return { ca: this.#made.ca, cert: path('tls.crt'), key: path('tls.key') }
  }

  /** Another pair takes the place of this one. */
  async renew(): Promise<void> {
    this.#made = await makeCertificates(['localhost'])
    this.#write()
  }

  /** Whether a new connection gets the latest certificate. */
  async isServedBy({ host, port, servername, ca }: Endpoint): Promise<boolean> {
    const { fingerprint256 } = new X509Certificate(this.#made.cert)
    return new Promise((resolve, reject) => {
      const socket = connect({ host, port, servername, ca })
      socket.once('error', reject).once('secureConnect', () => {
        resolve(socket.getPeerCertificate().fingerprint256 === fingerprint256)
        socket.destroy()
      })
    })
  }

  #write(): void {
    this.#number += 1
    const name = `pair-${this.#number}`
    const directory = join(this.#directory, name)
    mkdirSync(directory)
    writeFileSync(join(directory, 'tls.crt'), this.#made.cert)
    writeFileSync(join(directory, 'tls.key'), this.#made.key, { mode: 0o600 })
    const link = join(this.#directory, `${LINK}-${this.#number}`)
    symlinkSync(name, link)
    renameSync(link, join(this.#directory, LINK))
  }
}
