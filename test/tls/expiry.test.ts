import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { test } from 'node:test'
import { CertificateLife, expiryOf, expiryWarning } from '../../src/tls/expiry.ts'
import { crossSignedCa, makeCertificates, makeChain } from '../support/certificates.ts'

const DAY_MS = 24 * 60 * 60_000

const long = await makeCertificates(['registry.example.com'], 90)
const short = await makeCertificates(['registry.example.com'], 30)

function dateOf(pem: string): number {
  return Date.parse(new X509Certificate(pem).validTo)
}

test('a single certificate expires on its own date', () => {
  assert.equal(expiryOf(long.cert), dateOf(long.cert))
  assert.ok(dateOf(long.cert) - dateOf(short.cert) > 59 * DAY_MS)
})

test('of what clients need of a chain the earliest date counts, wherever it stands', () => {
  assert.ok(dateOf(short.cert) < dateOf(long.ca))
  assert.equal(expiryOf(short.cert + long.ca), dateOf(short.cert))
  assert.ok(dateOf(long.ca) < dateOf(long.cert))
  assert.equal(expiryOf(long.cert + long.ca), dateOf(long.ca))
  // Behind a root there is nothing that they need.
  assert.equal(expiryOf(long.cert + long.ca + short.cert), dateOf(long.ca))
})

// The log warned each day, and an alarm went off, of a certificate that every client took.
test('a root as an older one has issued it counts only where clients do not know the root itself', async () => {
  const { cert, intermediate, ca } = await makeChain(['registry.example.com'])
  const expired = await crossSignedCa(-1)
  const chain = cert + intermediate + expired
  assert.equal(
    expiryOf(chain, () => [new X509Certificate(ca)]),
    Math.min(dateOf(cert), dateOf(intermediate)),
  )
  assert.equal(
    expiryOf(chain, () => []),
    dateOf(expired),
  )
})

test('text around certificates, their other names and Windows line breaks do not matter', () => {
  const named = short.cert.replaceAll('CERTIFICATE', 'X509 CERTIFICATE')
  const chain = `subject=CN = leaf\n\n${long.cert}issuer=CN = CA\n${named}`.replaceAll('\n', '\r\n')
  assert.equal(expiryOf(chain), dateOf(short.cert))
})

for (const [beforeMs, daysLeft, warning] of [
  [14 * DAY_MS, 14, undefined],
  [14 * DAY_MS - 1, 13, 'the TLS certificate expires in 13 days'],
  [DAY_MS, 1, 'the TLS certificate expires in 1 day'],
  [DAY_MS - 1, 0, 'the TLS certificate expires within a day'],
  [0, 0, 'the TLS certificate expires within a day'],
  [-1, -1, 'the TLS certificate has expired'],
  [-3 * DAY_MS, -3, 'the TLS certificate has expired'],
] as const) {
  test(`${beforeMs} ms before its end it has ${daysLeft} days left`, () => {
    const life = new CertificateLife(long, () => dateOf(long.cert) - beforeMs)
    assert.equal(life.daysLeft, daysLeft)
    assert.equal(life.warning, warning)
  })
}

test('a replaced certificate has days of its own', () => {
  const life = new CertificateLife(short, () => dateOf(short.cert) - DAY_MS)
  assert.equal(life.daysLeft, 1)
  life.replace(long)
  assert.equal(life.daysLeft, Math.floor((dateOf(long.cert) - dateOf(short.cert)) / DAY_MS) + 1)
  assert.equal(life.warning, undefined)
})

test('without TLS nothing expires', () => {
  const life = new CertificateLife(undefined)
  assert.equal(life.daysLeft, undefined)
  assert.equal(life.warning, undefined)
  assert.equal(expiryWarning(Number.NaN), undefined)
})
