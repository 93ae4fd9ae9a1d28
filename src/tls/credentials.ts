import { X509Certificate, createPrivateKey } from 'node:crypto'
import { createSecureContext } from 'node:tls'
import { errorCode } from '../error-code.ts'
import { type Pem, readPem } from './pem.ts'

/** A certificate chain and its private key, as PEM text. */
export interface TlsCredentials {
  cert: string
  key: string
}

/**
 * Reads TLS_CERTIFICATE and TLS_PRIVATE_KEY, each a path or the PEM text itself, and checks that they belong together.
 * Problems name the variable and never repeat the value of a PEM text.
 */
export function readTlsCredentials(certificate: string, privateKey: string): TlsCredentials | { problems: string[] } {
  return checkTlsCredentials(readPem('TLS_CERTIFICATE', certificate), readPem('TLS_PRIVATE_KEY', privateKey))
}

/** The pair, where both were read and belong together; otherwise all that is wrong with it. */
export function checkTlsCredentials(certificate: Pem, privateKey: Pem): TlsCredentials | { problems: string[] } {
  if ('problem' in certificate || 'problem' in privateKey) {
    return { problems: [certificate, privateKey].flatMap((pem) => ('problem' in pem ? [pem.problem] : [])) }
  }
  const [cert, key] = [certificate.text, privateKey.text]
  const problems: string[] = []
  const leaf = attempt(() => new X509Certificate(cert))
  if (leaf === undefined)
    problems.push('TLS_CERTIFICATE: is no certificate; expected PEM text that starts with -----BEGIN CERTIFICATE-----')
  const secret = attempt(() => createPrivateKey(key))
  if (secret === undefined) {
    problems.push(
      'TLS_PRIVATE_KEY: is no usable private key; expected an unencrypted PEM key, such as one that starts with -----BEGIN PRIVATE KEY-----',
    )
  }
  if (leaf !== undefined && secret !== undefined && !leaf.checkPrivateKey(secret)) {
    problems.push(
      'TLS_PRIVATE_KEY: does not belong to TLS_CERTIFICATE; expected the key that the certificate was made for',
    )
  }
  if (problems.length === 0) {
    const code = refusalOfTls({ cert, key })
    if (code !== undefined) {
      problems.push(
        `TLS_CERTIFICATE: cannot be used for TLS (${code}); expected whole certificates only, and a key that is long enough`,
      )
    }
  }
  return problems.length > 0 ? { problems } : { cert, key }
}

/** What only TLS itself finds: a broken certificate further down the chain, a key that is too small. */
function refusalOfTls(credentials: TlsCredentials): string | undefined {
  try {
    createSecureContext(credentials)
    return undefined
  } catch (error) {
    return errorCode(error) ?? 'unknown error'
  }
}

function attempt<T>(make: () => T): T | undefined {
  try {
    return make()
  } catch {
    return undefined
  }
}
