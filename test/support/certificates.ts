import { execFile } from 'node:child_process'
import { generateKeyPairSync, randomBytes } from 'node:crypto'
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
  const key = newKey()
  const cert = await inScratchDirectory(async (directory) => {
    const path = (name: string): string => join(directory, name)
    await writeFile(path('ca.crt'), ca.cert)
    await writeFile(path('ca.key'), ca.key, { mode: 0o600 })
    await writeFile(path('leaf.key'), key, { mode: 0o600 })
    await writeFile(path('leaf.ext'), leafExtensions(names))
    await openssl(['req', '-new', '-key', path('leaf.key'), '-subj', '/CN=test leaf', '-out', path('leaf.csr')])
    const signing = [
      '-CA',
      path('ca.crt'),
      '-CAkey',
      path('ca.key'),
      '-set_serial',
      serial(),
      '-extfile',
      path('leaf.ext'),
    ]
    const request = ['-in', path('leaf.csr'), '-days', String(days)]
    await openssl(['x509', '-req', ...request, ...signing, '-out', path('leaf.crt')])
    return readFile(path('leaf.crt'), 'utf8')
  })
  return { ca: ca.cert, cert, key }
}

interface Authority {
  readonly cert: string
  readonly key: string
}

let authority: Promise<Authority> | undefined

async function makeAuthority(): Promise<Authority> {
  const key = newKey()
  const cert = await inScratchDirectory(async (directory) => {
    const keyFile = join(directory, 'ca.key')
    const certFile = join(directory, 'ca.crt')
    await writeFile(keyFile, key, { mode: 0o600 })
    // The subject differs per process: a client that trusts two of these must not mix them up.
    const subject = `/CN=test CA ${randomBytes(4).toString('hex')}`
    const what = ['-x509', '-new', '-key', keyFile, '-days', String(GOOD_DAYS), '-subj', subject]
    await openssl(['req', ...what, '-out', certFile])
    return readFile(certFile, 'utf8')
  })
  return { cert, key }
}

function leafExtensions(names: string[]): string {
  const subjectAltNames = names.map((name) => (isIP(name) === 0 ? `DNS:${name}` : `IP:${name}`))
  return [
    'basicConstraints=critical,CA:FALSE',
    'keyUsage=critical,digitalSignature',
    'extendedKeyUsage=serverAuth',
    `subjectAltName=${subjectAltNames.join(',')}`,
    '',
  ].join('\n')
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
