import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { generateKeyPairSync } from 'node:crypto'
import { readTlsCredentials } from '../../src/tls/credentials.ts'
import { makeCertificates } from '../support/certificates.ts'

const ours = await makeCertificates(['registry.example.com'])
const theirs = await makeCertificates(['registry.example.com'])

/** Writes the files and gives their paths. */
async function files(t: TestContext, contents: Record<string, string>): Promise<(name: string) => string> {
  const directory = await mkdtemp(join(tmpdir(), 'credentials-'))
  t.after(() => rm(directory, { recursive: true }))
  const path = (name: string): string => join(directory, name)
  await Promise.all(Object.entries(contents).map(([name, content]) => writeFile(path(name), content)))
  return path
}

function problemsOf(certificate: string, privateKey: string): string[] {
  const result = readTlsCredentials(certificate, privateKey)
  if (!('problems' in result)) return assert.fail('the credentials are accepted')
  const text = result.problems.join('\n')
  assert.ok(!text.includes(ours.key.split('\n')[1] ?? ''), 'the key is not told')
  assert.ok(!text.includes(ours.cert.split('\n')[1] ?? ''), 'nor is the certificate')
  return result.problems
}

test('the PEM texts themselves', () => {
  assert.deepEqual(readTlsCredentials(ours.cert, ours.key), { cert: ours.cert, key: ours.key })
})

test('two paths', async (t) => {
  const path = await files(t, { 'tls.crt': ours.cert, 'tls.key': ours.key })
  assert.deepEqual(readTlsCredentials(path('tls.crt'), path('tls.key')), { cert: ours.cert, key: ours.key })
})

test('a path and a PEM text', async (t) => {
  const path = await files(t, { 'tls.crt': ours.cert })
  assert.deepEqual(readTlsCredentials(path('tls.crt'), ours.key), { cert: ours.cert, key: ours.key })
})

test('PEM text whose line breaks a secret store wrote as \\n', () => {
  const [cert = '', key = ''] = [ours.cert, ours.key].map((text) => text.replaceAll('\n', '\\n'))
  assert.deepEqual(readTlsCredentials(cert, key), { cert: ours.cert, key: ours.key })
})

test('a whole chain', () => {
  const chain = ours.cert + ours.ca
  assert.deepEqual(readTlsCredentials(chain, ours.key), { cert: chain, key: ours.key })
})

test('files that are not there are named, both at once', async (t) => {
  const path = await files(t, {})
  assert.deepEqual(problemsOf(path('tls.crt'), path('tls.key')), [
    `TLS_CERTIFICATE: "${path('tls.crt')}" cannot be read (ENOENT); expected the path of a PEM file, or PEM text`,
    `TLS_PRIVATE_KEY: "${path('tls.key')}" cannot be read (ENOENT); expected the path of a PEM file, or PEM text`,
  ])
})

test('a directory is no file', async (t) => {
  const path = await files(t, {})
  assert.match(problemsOf(path('.'), ours.key)[0] ?? '', /^TLS_CERTIFICATE: ".*" cannot be read \(EISDIR\); /)
})

test('a key that was given as bare base64 is taken for a path, and must not be shown as one', () => {
  const base64 = ours.key.split('\n').slice(1, -2).join('')
  assert.deepEqual(problemsOf(ours.cert, base64), [
    'TLS_PRIVATE_KEY: the file cannot be read (ENOENT); expected the path of a PEM file, or PEM text',
  ])
  const long = `/${'A'.repeat(300)}`
  assert.match(problemsOf(ours.cert, long)[0] ?? '', /^TLS_PRIVATE_KEY: the file cannot be read \(/)
})

// Fuzzing found that a piece of a key that begins with a slash was told whole.
test('a piece of a key that begins as a path does is not shown, and a path is', () => {
  for (const start of ['/', '~', './']) {
    const piece = `${start}${ours.key.split('\n')[1]}`
    assert.match(problemsOf(ours.cert, piece)[0] ?? '', /^TLS_PRIVATE_KEY: the file cannot be read \(/)
  }
  assert.match(problemsOf(ours.cert, '/a\nb')[0] ?? '', /^TLS_PRIVATE_KEY: the file cannot be read \(/)
  for (const path of ['/etc/registry/tls/private/key', '~/Keys/tls', '/Users/JohnDoe/certificates/registry.key']) {
    assert.match(problemsOf(ours.cert, path)[0] ?? '', /^TLS_PRIVATE_KEY: "[~/].*" cannot be read \(ENOENT\)/)
  }
})

// Fuzzing found that a key with a dot before its last letters was told whole, as a file with an extension.
test('a damaged key that ends as a file name does is not shown', () => {
  const base64 = ours.key.split('\n').slice(1, -2).join('')
  for (const start of ['', './', '/', '~']) {
    const damaged = `${start}${base64.slice(0, -5)}.pem`
    assert.match(problemsOf(ours.cert, damaged)[0] ?? '', /^TLS_PRIVATE_KEY: the file cannot be read \(ENOENT\)/)
  }
})

test('the two swapped', () => {
  assert.deepEqual(problemsOf(ours.key, ours.cert), [
    'TLS_CERTIFICATE: is no certificate; expected PEM text that starts with -----BEGIN CERTIFICATE-----',
    'TLS_PRIVATE_KEY: is no usable private key; expected an unencrypted PEM key, such as one that starts with -----BEGIN PRIVATE KEY-----',
  ])
})

test('a file that is no PEM', async (t) => {
  const path = await files(t, { 'tls.crt': 'not a certificate' })
  assert.match(problemsOf(path('tls.crt'), ours.key)[0] ?? '', /^TLS_CERTIFICATE: is no certificate; /)
})

test('an encrypted key', () => {
  const encryption = { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'secret' } as const
  const { privateKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: encryption,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  })
  assert.match(problemsOf(ours.cert, privateKey)[0] ?? '', /^TLS_PRIVATE_KEY: is no usable private key; /)
})

test('a key of another certificate', () => {
  const mismatch =
    'TLS_PRIVATE_KEY: does not belong to TLS_CERTIFICATE; expected the key that the certificate was made for'
  assert.deepEqual(problemsOf(ours.cert, theirs.key), [mismatch])
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  assert.deepEqual(problemsOf(ours.cert, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()), [mismatch])
})

// Only the first certificate was looked at, so that a chain that breaks further down ended the start with a stack trace.
test('a chain with a broken second certificate is told in a line', () => {
  const broken = `${ours.cert}-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n`
  const problems = problemsOf(broken, ours.key)
  assert.equal(problems.length, 1)
  assert.match(problems[0] ?? '', /^TLS_CERTIFICATE: cannot be used for TLS \(ERR_[A-Z0-9_]+\); expected whole /)
})
