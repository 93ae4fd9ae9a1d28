import type { X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import { CERTIFICATE_WARNING_DAYS } from '../limits.ts'
import { certificatesIn, neededOf } from '../tls/certificates.ts'
import { type ChainFault, chainFault } from './chain.ts'
import { fail, type Finding, ok, warn } from './finding.ts'
import { registryHostName } from './registry-name.ts'

/** What the certificate is held against. */
export interface Expectation {
  /** REGISTRY. */
  registry: string
  /** Milliseconds since the epoch. */
  now: number
  /** Authorities that are known here. */
  roots: readonly X509Certificate[]
}

const NAME = 'certificate'
const DAY_MS = 86_400_000

/** TLS=off: there is nothing here to check. */
export function noCertificateFinding(registry: string): Finding {
  return ok(NAME, `TLS is off; what ends it in front needs one for ${registryHostName(registry)}`)
}

/** Certificate and key cannot be used. */
export function unusableCertificateFinding(problems: readonly string[]): Finding {
  return fail(
    NAME,
    problems.join('\n'),
    'give the certificate (first in its file) and the key that it was made for; `make certs` makes a pair to try with',
  )
}

/** Whether a certificate that TLS can use is one that clients will accept for REGISTRY. */
export function certificateFinding(pem: string, { registry, now, roots }: Expectation): Finding {
  const chain = certificatesIn(pem)
  const [leaf] = chain
  if (leaf === undefined) return unusableCertificateFinding(['TLS_CERTIFICATE: has no certificate'])
  const name = registryHostName(registry)
  if (!isFor(leaf, name)) {
    return fail(
      NAME,
      `is for ${leaf.subjectAltName ?? 'no name at all'}, and clients use ${name}`,
      `get one with ${isIP(name) === 0 ? 'DNS' : 'IP'}:${name} among its subject alternative names, or correct REGISTRY`,
    )
  }
  const finding = datesFinding(neededOf(chain, roots), now)
  if (finding !== undefined) return finding
  const fault = chainFault(chain, roots)
  if (fault !== undefined) return faultFinding(fault)
  return ok(NAME, `for ${name}, ${wholeDays(leaf, now)} days left, ${issuerOf(leaf, chain, roots)}`)
}

function issuerOf(leaf: X509Certificate, chain: readonly X509Certificate[], roots: readonly X509Certificate[]): string {
  if (leaf.checkIssued(leaf)) return 'self-signed, so clients must be told to trust it'
  const own = chain.find((each) => each.checkIssued(each))
  // A root that is issued anew keeps its name and key.
  const isKnown =
    own === undefined || roots.some((root) => root.subject === own.subject && root.publicKey.equals(own.publicKey))
  return isKnown
    ? 'its chain is whole'
    : 'its chain ends at a root that is not known here, so clients must be told to trust it'
}

/** Clients look at the alternative names alone, and no longer at the common name. */
function isFor(leaf: X509Certificate, name: string): boolean {
  const found = isIP(name) === 0 ? leaf.checkHost(name, { subject: 'never' }) : leaf.checkIP(name)
  return found !== undefined
}

function datesFinding(chain: readonly X509Certificate[], now: number): Finding | undefined {
  const renew = 'renew it; a proxy that runs takes the new files by itself'
  const early = chain.find(({ validFrom }) => Date.parse(validFrom) > now)
  if (early !== undefined) {
    return fail(NAME, `is not valid before ${early.validFrom}`, 'wait, or look at the clock of this host')
  }
  // One of its authorities' ends it as well as its own.
  const over = chain.find(({ validTo }) => Date.parse(validTo) <= now)
  if (over !== undefined) return fail(NAME, `expired on ${over.validTo}`, renew)
  const soon = chain.find((each) => wholeDays(each, now) < CERTIFICATE_WARNING_DAYS)
  if (soon === undefined) return undefined
  const text = `expires in ${wholeDays(soon, now)} days, on ${soon.validTo}`
  return warn(NAME, text, `${renew}; what should have renewed it did not`)
}

function faultFinding(fault: ChainFault): Finding {
  if (fault.kind === 'order') {
    return warn(NAME, 'the chain is out of order', 'put each certificate behind the one that it has issued')
  }
  const text = `the chain is not complete: ${fault.issuer} is neither in the file nor an authority known here`
  return fault.isPublic
    ? fail(NAME, text, 'append the intermediate certificates, as in the fullchain.pem of most authorities')
    : warn(
        NAME,
        text,
        'append the intermediate certificates; if it is a root of your own, which clients trust, name its file in NODE_EXTRA_CA_CERTS',
      )
}

function wholeDays({ validTo }: X509Certificate, now: number): number {
  return Math.floor((Date.parse(validTo) - now) / DAY_MS)
}
