import { execFile } from 'node:child_process'
import { generateKeyPairSync, randomBytes, X509Certificate } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** PEM texts. */
export interface Certificates {
  readonly ca: string
  readonly cert: string
  readonly key: string
}

/** How long the CA is good for, and a leaf unless told otherwise: longer than a proxy warns of. */
const GOOD_DAYS = 40

/**
 * A leaf for `names` (DNS names or IP addresses), signed by the one CA of this process; with negative `days` one that has
 * expired. Needs the openssl command.
 */
export async function makeCertificates(names: string[], days = GOOD_DAYS): Promise<Certificates> {
  authority ??= makeAuthority()
  const ca = await authority
  return { ca: ca.cert, ...(await makeLeaf(ca, names, days, [])) }
}

/** The same, with an authority between the leaf and the CA, and more in the leaf, as in openssl's extension files. */
export async function makeChain(
  names: string[],
  extensions: string[] = [],
): Promise<Certificates & { intermediate: string }> {
  authority ??= makeAuthority()
  const ca = await authority
  const intermediate = await sign(ca, 'test intermediate', ['basicConstraints=critical,CA:TRUE'], GOOD_DAYS)
  const leaf = await makeLeaf(intermediate, names, GOOD_DAYS, extensions)
  return { ca: ca.cert, intermediate: intermediate.cert, ...leaf }
}

/** The CA of this process as its owner would issue it anew: the same name and key, another certificate. */
export async function renewedCa(): Promise<string> {
  authority ??= makeAuthority()
  const { cert, key } = await authority
  return selfSigned(key, `/${new X509Certificate(cert).subject}`)
}

/** The CA of this process as an older one would issue it, which is in no file: the same name and key, for `days`. */
export async function crossSignedCa(days = GOOD_DAYS): Promise<string> {
  authority ??= makeAuthority()
  const { cert, key } = await authority
  const name = new X509Certificate(cert).subject.replace('CN=', '')
  const { cert: crossSigned } = await sign(
    await makeAuthority(),
    name,
    ['basicConstraints=critical,CA:TRUE'],
    days,
    key,
  )
  return crossSigned
}

async function makeLeaf(by: Authority, names: string[], days: number, extensions: string[]): Promise<Authority> {
  return sign(by, 'test leaf', [...leafExtensions(names), ...extensions], days)
}

async function sign(
  by: Authority,
  name: string,
  extensions: string[],
  days: number,
  key = newKey(),
): Promise<Authority> {
  const cert = await inScratchDirectory(async (directory) => {
    const path = (file: string): string => join(directory, file)
    await writeFile(path('ca.crt'), by.cert)
    await writeFile(path('ca.key'), by.key, { mode: 0o600 })
    await writeFile(path('own.key'), key, { mode: 0o600 })
    await writeFile(path('own.ext'), `${extensions.join('\n')}\n`)
    await openssl(['req', '-new', '-key', path('own.key'), '-subj', `/CN=${name}`, '-out', path('own.csr')])
    const signing = [
      '-CA',
      path('ca.crt'),
      '-CAkey',
      path('ca.key'),
      '-set_serial',
      serial(),
      '-extfile',
      path('own.ext'),
    ]
    await openssl(['x509', '-req', '-in', path('own.csr'), '-days', String(days), ...signing, '-out', path('own.crt')])
    return readFile(path('own.crt'), 'utf8')
  })
  return { cert, key }
}

interface Authority {
  readonly cert: string
  readonly key: string
}

let authority: Promise<Authority> | undefined

async function makeAuthority(): Promise<Authority> {
  const key = newKey()
  // The subject differs per process: a client that trusts two of these must not mix them up.
  return { cert: await selfSigned(key, `/CN=test CA ${randomBytes(4).toString('hex')}`), key }
}

async function selfSigned(key: string, subject: string): Promise<string> {
  return inScratchDirectory(async (directory) => {
    const keyFile = join(directory, 'ca.key')
    const certFile = join(directory, 'ca.crt')
    await writeFile(keyFile, key, { mode: 0o600 })
    const what = ['-x509', '-new', '-key', keyFile, '-days', String(GOOD_DAYS), '-subj', subject]
    await openssl(['req', ...what, '-out', certFile])
    return readFile(certFile, 'utf8')
  })
}

function leafExtensions(names: string[]): string[] {
  const subjectAltNames = names.map((name) => (isIP(name) === 0 ? `DNS:${name}` : `IP:${name}`))
  return [
    'basicConstraints=critical,CA:FALSE',
    'keyUsage=critical,digitalSignature',
    'extendedKeyUsage=serverAuth',
    `subjectAltName=${subjectAltNames.join(',')}`,
  ]
}

function newKey(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
}

// Positive and at most 20 octets (RFC 5280, 4.1.2.2).
function serial(): string {
  return `0x01${randomBytes(15).toString('hex')}`
}

async function openssl(args: string[]): Promise<void> {
  await promisify(execFile)('openssl', args)
}

async function inScratchDirectory<T>(work: (directory: string) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'certificates-'))
  try {
    return await work(directory)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}
