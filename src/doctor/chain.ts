import type { X509Certificate } from 'node:crypto'
import { isIssuedBy } from '../tls/certificates.ts'

/** What is wrong with the way from a certificate to its root. */
export type ChainFault =
  /** A later certificate of the file is the issuer of one that is not before it. */
  | { kind: 'order' }
  /** The issuer of the last certificate is neither in the file nor known here. */
  | { kind: 'incomplete'; issuer: string; isPublic: boolean }

/** DER of 1.3.6.1.4.1.11129.2.4.2, the timestamps of public logs, which every public authority puts into its certificates. */
const PUBLIC_LOG = Buffer.from('060a2b06010401d679020402', 'hex')

/** Follows `chain` from its first certificate to a self-signed one, or to one that `roots` has issued. */
export function chainFault(
  chain: readonly X509Certificate[],
  roots: readonly X509Certificate[],
): ChainFault | undefined {
  for (const [place, certificate] of chain.entries()) {
    if (isIssuedBy(certificate, certificate)) return undefined
    if (roots.some((root) => isIssuedBy(certificate, root))) return undefined
    const issuer = chain.findIndex((other) => isIssuedBy(certificate, other))
    if (issuer === place + 1) continue
    if (issuer !== -1) return { kind: 'order' }
    const isPublic = chain.some(({ raw }) => raw.includes(PUBLIC_LOG))
    return { kind: 'incomplete', issuer: certificate.issuer.replaceAll('\n', ', '), isPublic }
  }
  return undefined
}
