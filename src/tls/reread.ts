import { X509Certificate } from 'node:crypto'
import type { Config } from '../config/load.ts'
import { readTlsCredentials, type TlsCredentials } from './credentials.ts'

/** Where it is told what became of a renewed certificate; Fastify's logger fits. */
export interface RereadLog {
  info(object: object, message: string): void
  warn(object: object, message: string): void
  error(object: object, message: string): void
}

/** Reads certificate and key again where the configuration says. Undefined, told in the log, when there is nothing usable. */
export function rereadTls(config: Config, log: RereadLog): TlsCredentials | undefined {
  const { tls, TLS_CERTIFICATE: certificate, TLS_PRIVATE_KEY: privateKey } = config
  if (tls === undefined || certificate === undefined || privateKey === undefined) {
    log.warn({}, 'SIGHUP reads the TLS certificate again, but TLS is off')
    return undefined
  }
  const result = readTlsCredentials(certificate, privateKey)
  if ('problems' in result) {
    log.error(result, 'the TLS certificate cannot be replaced; the one before stays in use')
    return undefined
  }
  log.info({ validTo: new X509Certificate(result.cert).validTo }, 'TLS certificate and key were read again')
  return result
}
