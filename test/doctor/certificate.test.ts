import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { certificateFinding, noCertificateFinding } from '../../src/doctor/certificate.ts'
import { chainFault } from '../../src/doctor/chain.ts'
import type { Finding } from '../../src/doctor/finding.ts'
import { knownRoots } from '../../src/tls/roots.ts'
import { crossSignedCa, makeCertificates, makeChain, renewedCa } from '../support/certificates.ts'

const DAY_MS = 86_400_000
/** As an authority puts it in whose certificates are in public logs. */
const PUBLIC = ['1.3.6.1.4.1.11129.2.4.2=DER:0400']

function found(pem: string, registry = 'registry.example.com', roots: string[] = [], inDays = 0): Finding {
  const now = Date.now() + inDays * DAY_MS
  return certificateFinding(pem, { registry, now, roots: roots.map((root) => new X509Certificate(root)) })
}

for (const { names, registry, right } of [
  { names: ['registry.example.com'], registry: 'registry.example.com', right: true },
  { names: ['registry.example.com'], registry: 'registry.example.com:5000', right: true },
  { names: ['*.example.com'], registry: 'registry.example.com', right: true },
  { names: ['*.example.com'], registry: 'a.registry.example.com', right: false },
  { names: ['10.0.0.1'], registry: '10.0.0.1:5000', right: true },
  { names: ['::1'], registry: '[::1]:5000', right: true },
  { names: ['10.0.0.1'], registry: '10.0.0.2', right: false },
]) {
  test(`one for ${names.join()} is ${right ? 'right' : 'wrong'} for ${registry}`, async () => {
    const { cert, ca } = await makeCertificates(names)
    const { status, text } = found(`${cert}${ca}`, registry)
    assert.equal(status, right ? 'ok' : 'fail')
    if (!right) assert.match(text, /and clients use/)
  })
}

test('a common name alone is no name', async () => {
  const { ca } = await makeCertificates(['unused.example.com'])
  const { subject } = new X509Certificate(ca)
  const { status, text } = found(ca, subject.replace('CN=', '').replaceAll(' ', '-'))
  assert.equal(status, 'fail')
  assert.match(text, /is for no name at all/)
})

test('whole chains: the root in the file, or known here', async () => {
  const { cert, intermediate, ca } = await makeChain(['registry.example.com'])
  assert.match(
    found(`${cert}${intermediate}${ca}`).text,
    /^for registry\.example\.com, 39 days left, its chain ends at a root that is not known here, so clients must be told/,
  )
  for (const file of [`${cert}${intermediate}`, `${cert}${intermediate}${ca}`]) {
    const { status, text } = found(file, undefined, [ca])
    assert.equal(status, 'ok')
    assert.match(text, /39 days left, its chain is whole$/)
  }
})

test('a root in the file that is known here as it was issued anew ends a whole chain', async () => {
  const { cert, intermediate, ca } = await makeChain(['registry.example.com'])
  const renewed = await renewedCa()
  assert.notEqual(renewed, ca)
  assert.match(found(`${cert}${intermediate}${ca}`, undefined, [renewed]).text, /its chain is whole$/)
})

test('a self-signed one is right, and tells that clients have to trust it', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'self-signed-'))
  t.after(() => rm(directory, { recursive: true }))
  const cert = join(directory, 'own.crt')
  const generate = fileURLToPath(new URL('../../../certs/generate.sh', import.meta.url))
  await promisify(execFile)(generate, ['registry.example.com', cert, join(directory, 'own.key')])
  const { status, text } = found(await readFile(cert, 'utf8'))
  assert.equal(status, 'ok')
  assert.match(text, /self-signed, so clients must be told to trust it$/)
})

// Google's and Amazon's chains end so: with a root that was once issued by one which Node does not know.
test('what stands behind the certificate that a known root has issued is not looked at', async () => {
  const { cert, intermediate, ca } = await makeChain(['registry.example.com'], PUBLIC)
  const chain = `${cert}${intermediate}${await crossSignedCa()}`
  assert.match(found(chain, undefined, [ca]).text, /39 days left, its chain is whole$/)
  assert.equal(found(chain).status, 'fail')
  const expired = `${cert}${intermediate}${await crossSignedCa(-1)}`
  assert.match(found(expired, undefined, [ca]).text, /39 days left, its chain is whole$/)
  assert.match(found(expired).text, /^expired on /)
  // NODE_EXTRA_CA_CERTS may have intermediates, which end no chain.
  assert.match(found(expired, undefined, [intermediate]).text, /^expired on /)
})

test('a chain that ends early: a warning, because the root may be one of their own', async () => {
  const { cert, intermediate, ca } = await makeChain(['registry.example.com'])
  const { status, text, cure } = found(cert, undefined, [ca])
  assert.equal(status, 'warn')
  assert.match(text, /not complete: CN=test intermediate is neither/)
  assert.match(cure ?? '', /NODE_EXTRA_CA_CERTS/)
  assert.match(found(`${cert}${intermediate}`).text, /not complete: CN=test CA /)
})

test('a public certificate whose chain ends early fails', async () => {
  const { cert, ca } = await makeChain(['registry.example.com'], PUBLIC)
  assert.equal(found(cert, undefined, [ca]).status, 'fail')
})

test('a chain out of order is a warning', async () => {
  const { cert, intermediate, ca } = await makeChain(['registry.example.com'])
  assert.deepEqual(found(`${cert}${ca}${intermediate}`).status, 'warn')
})

test('the first end of all in the chain counts, and the first beginning', async () => {
  const { cert, ca } = await makeCertificates(['registry.example.com'], 400)
  const whole = `${cert}${ca}`
  assert.equal(found(whole).status, 'ok')
  assert.match(found(whole, undefined, [], 30).text, /^expires in 9 days, on /)
  assert.match(found(whole, undefined, [], 41).text, /^expired on /)
  assert.match(found(whole, undefined, [], -1).text, /^is not valid before /)
})

test('text without a certificate is told, and a chain of none has no fault', () => {
  assert.equal(chainFault([], []), undefined)
  assert.deepEqual(found('').status, 'fail')
})

test('with TLS off there is none to check', () => {
  const { status, text } = noCertificateFinding('registry.example.com:443')
  assert.equal(status, 'ok')
  assert.match(text, /TLS is off; what ends it in front needs one for registry\.example\.com$/)
})

test('the roots are Node’s own, and those of NODE_EXTRA_CA_CERTS where it can be read', () => {
  const own = knownRoots({}).length
  assert.ok(own > 50)
  assert.equal(knownRoots({ NODE_EXTRA_CA_CERTS: '/nowhere/ca.pem' }).length, own)
})
