import { X509Certificate, createPrivateKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createSecureContext } from 'node:tls'

/** A certificate chain and its private key, as PEM text. */
export interface TlsCredentials {
  cert: string
  key: string
}

const PEM_MARK = '-----BEGIN '

/**
 * Reads TLS_CERTIFICATE and TLS_PRIVATE_KEY, each a path or the PEM text itself (as ECS and Kubernetes secrets give it),
 * and checks that they belong together. Problems name the variable and never repeat the value of a PEM text.
 */
export function readTlsCredentials(certificate: string, privateKey: string): TlsCredentials | { problems: string[] } {
  const problems: string[] = []
  const cert = readPem('TLS_CERTIFICATE', certificate, problems)
  const key = readPem('TLS_PRIVATE_KEY', privateKey, problems)
  if (cert === undefined || key === undefined) return { problems }
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
    return codeOf(error)
  }
}

function readPem(name: string, value: string, problems: string[]): string | undefined {
  // Some secret stores turn the line breaks of a PEM text into the two characters \n.
  if (value.includes(PEM_MARK)) return value.replaceAll('\\n', '\n')
  try {
    return readFileSync(value, 'utf8')
  } catch (error) {
    problems.push(
      `${name}: ${shown(value)} cannot be read (${codeOf(error)}); expected the path of a PEM file, or PEM text`,
    )
    return undefined
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
}

// So many characters of base64 in a row soon have a capital or a plus, where the names in a path seldom have one.
const LIKE_BASE64 = /(?=[a-z0-9/]*[A-Z+])[A-Za-z0-9+/=]{16}/

/** A key given as bare base64, or a piece of one, is taken for a path, and must not stand in a log as one. */
function shown(value: string): string {
  const hasExtension = /^\S+\.[A-Za-z]{2,5}$/.test(value)
  const likeAPath = hasExtension || (/^[./~]\S*$/.test(value) && !LIKE_BASE64.test(value))
  return likeAPath && value.length <= 200 ? JSON.stringify(value) : 'the file'
}

function attempt<T>(make: () => T): T | undefined {
  try {
    return make()
  } catch {
    return undefined
  }
}
