import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { test } from 'node:test'
import { loadConfig } from '../../src/config/load.ts'
import { type RereadLog, rereadTls } from '../../src/tls/reread.ts'
import { makeCertificates } from '../support/certificates.ts'

const LEAST = { ECR_REGISTRY: '123456789012.dkr.ecr.us-east-1.amazonaws.com', REGISTRY: 'localhost' }

function logTo(lines: unknown[]): RereadLog {
  const log = (level: string) => (object: object, message: string) => void lines.push([level, message, object])
  return { info: log('info'), warn: log('warn'), error: log('error') }
}

test('a pair is read again from where the configuration says', async () => {
  const { cert, key } = await makeCertificates(['localhost'])
  const lines: unknown[] = []
  const config = loadConfig({ ...LEAST, TLS_CERTIFICATE: cert, TLS_PRIVATE_KEY: key })
  assert.deepEqual(rereadTls(config, logTo(lines)), { cert, key })
  const { validTo } = new X509Certificate(cert)
  assert.deepEqual(lines, [['info', 'TLS certificate and key were read again', { validTo }]])
})

test('what cannot be used is an error with the variable, and nothing is returned', async () => {
  const { cert, key } = await makeCertificates(['localhost'])
  const lines: unknown[] = []
  const config = loadConfig({ ...LEAST, TLS_CERTIFICATE: cert, TLS_PRIVATE_KEY: key })
  assert.equal(rereadTls({ ...config, TLS_CERTIFICATE: '/nowhere/registry.crt' }, logTo(lines)), undefined)
  const problem =
    'TLS_CERTIFICATE: "/nowhere/registry.crt" cannot be read (ENOENT); expected the path of a PEM file, or PEM text'
  const message = 'the TLS certificate cannot be replaced; the one before stays in use'
  assert.deepEqual(lines, [['error', message, { problems: [problem] }]])
})

test('without TLS there is nothing to read', () => {
  const lines: unknown[] = []
  assert.equal(rereadTls(loadConfig({ ...LEAST, TLS: 'off' }), logTo(lines)), undefined)
  assert.deepEqual(lines, [['warn', 'SIGHUP reads the TLS certificate again, but TLS is off', {}]])
})
