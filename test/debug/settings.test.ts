import assert from 'node:assert/strict'
import { test } from 'node:test'
import { shownSettings } from '../../src/debug/settings.ts'
import { loadConfig } from '../../src/config/load.ts'
import { makeCertificates } from '../support/certificates.ts'

test('settings are shown, but not what may be a key, nor what was read from files', async () => {
  const { cert, key } = await makeCertificates(['localhost'])
  const config = loadConfig({
    ECR_REGISTRY: '123456789012.dkr.ecr.us-east-1.amazonaws.com',
    REGISTRY: 'localhost',
    TLS_CERTIFICATE: cert,
    TLS_PRIVATE_KEY: key,
  })
  const shown = shownSettings(config)
  assert.equal(shown['ECR_REGISTRY'], config.ECR_REGISTRY)
  assert.equal(shown['DEBUG_PORT'], 6060)
  for (const name of ['TLS_CERTIFICATE', 'TLS_PRIVATE_KEY', 'tls', 'upstream']) assert.ok(!(name in shown), name)
  assert.ok(!JSON.stringify(shown).includes('BEGIN'))
})
