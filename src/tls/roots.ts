import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { rootCertificates } from 'node:tls'
import { certificatesIn } from './certificates.ts'

/** The authorities that Node has of its own, which are the public ones. */
export function publicRoots(): X509Certificate[] {
  return rootCertificates.map((pem) => new X509Certificate(pem))
}

/** The authorities that Node has of its own, and those of NODE_EXTRA_CA_CERTS. */
export function knownRoots({ NODE_EXTRA_CA_CERTS: extra }: NodeJS.ProcessEnv): X509Certificate[] {
  const own = publicRoots()
  return extra === undefined || extra === '' ? own : [...own, ...extraRoots(extra)]
}

function extraRoots(file: string): X509Certificate[] {
  try {
    return certificatesIn(readFileSync(file, 'utf8'))
  } catch {
    // Node itself has warned of it.
    return []
  }
}
