import type { Config } from '../config/load.ts'
import { CertificateRenewal, type RenewalOptions } from './renewal.ts'

/** Keeps the certificate as new as its files, once it is started, and takes what they have on SIGHUP; undefined without TLS. */
export function createRenewal(
  config: Config,
  parts: Pick<RenewalOptions, 'life' | 'use' | 'clock' | 'log'>,
): CertificateRenewal | undefined {
  const { tls: inUse, TLS_CERTIFICATE: certificate, TLS_PRIVATE_KEY: privateKey } = config
  if (inUse === undefined || certificate === undefined || privateKey === undefined) {
    process.on('SIGHUP', () => parts.log.warn({}, 'SIGHUP reads the TLS certificate again, but TLS is off'))
    return undefined
  }
  const renewal = new CertificateRenewal({ ...parts, inUse, certificate, privateKey })
  process.on('SIGHUP', () => renewal.force())
  return renewal
}
