import type { X509Certificate } from 'node:crypto'

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
  const [leaf, ...others] = chain
  let current = leaf
  let place = 0
  while (current !== undefined) {
    const child = current
    if (isIssuedBy(child, child)) return undefined
    const next = others.findIndex((other) => isIssuedBy(child, other))
    if (next === -1) {
      if (roots.some((root) => isIssuedBy(child, root))) return undefined
      const isPublic = leaf?.raw.includes(PUBLIC_LOG) === true
      return { kind: 'incomplete', issuer: nameOf(child.issuer), isPublic }
    }
    if (next !== place) return { kind: 'order' }
    current = others[next]
    place += 1
  }
  return undefined
}

function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey)
}

/** The common name, or the whole of it, in a line. */
function nameOf(distinguishedName: string): string {
  return /^CN=(.+)$/m.exec(distinguishedName)?.[1] ?? distinguishedName.replaceAll('\n', ', ')
}
