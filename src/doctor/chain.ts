import type { X509Certificate } from 'node:crypto'

/** What is wrong with the way from a certificate to its root. */
export type ChainFault =
  /** A later certificate of the file is the issuer of one that is not before it. */
  | { kind: 'order' }
  /** The issuer of the last certificate is neither in the file nor known here. */
  | { kind: 'incomplete'; issuer: string; isPublic: boolean }

/** DER of 1.3.6.1.4.1.11129.2.4.2, the timestamps of public logs, which every public authority puts into its certificates. */
const PUBLIC_LOG = Buffer.from('060a2b06010401d679020402', 'hex')

/**
 * The certificates needed by clients that know `roots`. Any that follow serve older clients: public authorities append a root
 * as an older root once issued it.
 */
export function neededOf(chain: readonly X509Certificate[], roots: readonly X509Certificate[]): X509Certificate[] {
  // NODE_EXTRA_CA_CERTS may have intermediates as well.
  const own = roots.filter((root) => isIssuedBy(root, root))
  const last = chain.findIndex((each) => isIssuedBy(each, each) || own.some((root) => isIssuedBy(each, root)))
  return last === -1 ? [...chain] : chain.slice(0, last + 1)
}

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

function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey)
}
