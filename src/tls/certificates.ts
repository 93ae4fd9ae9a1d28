import { X509Certificate } from 'node:crypto'

const CERTIFICATE = /-----BEGIN ((?:X509 |TRUSTED )?CERTIFICATE)-----[^-]+-----END \1-----/g

/** The certificates of a PEM text, in their order. */
export function certificatesIn(pem: string): X509Certificate[] {
  return [...pem.matchAll(CERTIFICATE)].map(([text]) => new X509Certificate(text))
}

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

/** Whether `issuer` has signed the certificate. */
export function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey)
}
