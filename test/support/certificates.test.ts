import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { test } from 'node:test'
import { makeCertificates } from './certificates.ts'

test('a leaf is good for exactly its names, DNS or IP, and is signed by the CA', async () => {
  const { ca, cert } = await makeCertificates(['registry.example.com', '127.0.0.1', '::1'])
  const leaf = new X509Certificate(cert)
  assert.equal(leaf.checkHost('registry.example.com'), 'registry.example.com')
  assert.equal(leaf.checkIP('127.0.0.1'), '127.0.0.1')
  assert.ok(leaf.checkIP('::1'))
  assert.equal(leaf.checkHost('other.example.com'), undefined)
  assert.equal(leaf.ca, false)
  const authority = new X509Certificate(ca)
  assert.equal(authority.ca, true)
  assert.equal(leaf.verify(authority.publicKey), true)
})

test('one process has one CA, and every leaf a key and a serial number of its own', async () => {
  const [one, other] = await Promise.all([makeCertificates(['a.example']), makeCertificates(['b.example'])])
  assert.equal(one.ca, other.ca)
  assert.notEqual(one.key, other.key)
  assert.notEqual(new X509Certificate(one.cert).serialNumber, new X509Certificate(other.cert).serialNumber)
})
