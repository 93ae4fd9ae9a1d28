import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type EffectiveSetting, effectiveSettings } from '../../src/config/effective.ts'
import { loadConfig } from '../../src/config/load.ts'
import { ConfigSchema } from '../../src/config/schema.ts'
import { makeCertificates } from '../support/certificates.ts'
import { LEAST } from './environment.ts'

const DERIVED = { workers: 3, maxHeap: 340 * 1024 ** 2, maxRss: 850.25 * 1024 ** 2 }

function effective(environment: NodeJS.ProcessEnv = {}, derived = DERIVED): Map<string, EffectiveSetting> {
  const all = { ...LEAST, ...environment }
  return new Map(effectiveSettings(loadConfig(all), all, derived).map((setting) => [setting.name, setting]))
}

test('every setting of the schema is there, in its order', () => {
  assert.deepEqual([...effective().keys()], Object.keys(ConfigSchema.properties))
})

for (const [name, environment, value, from] of [
  ['PORT', {}, '5000', 'default'],
  ['PORT', { PORT: '443' }, '443', 'environment'],
  ['PORT', { PORT: '' }, '5000', 'default'],
  ['STATUS_PORT', {}, null, 'default'],
  ['SHUTDOWN_TIMEOUT', { SHUTDOWN_TIMEOUT: '2m' }, '2m', 'environment'],
  ['METRICS', { METRICS: 'emf' }, 'emf', 'environment'],
  ['WORKERS', {}, '1', 'default'],
  ['MAX_RSS', { MAX_RSS: '1GiB' }, '1GiB', 'environment'],
  ['MAX_HEAP', { MAX_HEAP: 'off' }, 'off', 'environment'],
] as const) {
  test(`${name} of ${JSON.stringify(environment)} is ${value}, from ${from}`, () => {
    assert.deepEqual(effective(environment).get(name), { name, value, from })
  })
}

for (const [name, environment, value, because] of [
  ['METRICS', {}, 'off', 'neither METRICS nor REGION is set, and this is not ECS'],
  ['METRICS', { REGION: 'eu-west-1' }, 'cloudwatch', 'REGION is set'],
  ['WORKERS', { WORKERS: 'auto' }, '3', 'auto: the CPU quota and the cores'],
  ['MAX_HEAP', {}, '340MiB', 'auto: a share of what V8 may have'],
  ['MAX_RSS', {}, '850.3MiB', 'auto: a share of what the container may have'],
] as const) {
  test(`${name} of ${JSON.stringify(environment)} is derived: ${value}`, () => {
    assert.deepEqual(effective(environment).get(name), { name, value, from: 'derived', because })
  })
}

test('without a limit of the container, MAX_RSS is off', () => {
  assert.equal(effective({}, { ...DERIVED, maxRss: 0 }).get('MAX_RSS')?.value, 'off')
})

test('of a secret there is only what kind it is', async () => {
  const { cert, key } = await makeCertificates(['localhost'])
  const shown = effective({ TLS: 'on', TLS_CERTIFICATE: cert, TLS_PRIVATE_KEY: key })
  const value = 'redacted (PEM text)'
  assert.deepEqual(shown.get('TLS_PRIVATE_KEY'), { name: 'TLS_PRIVATE_KEY', value, from: 'environment' })
  assert.equal(shown.get('TLS_CERTIFICATE')?.value, value)
  const off = effective({ TLS: 'off', TLS_PRIVATE_KEY: '/etc/tls/key.pem' })
  assert.equal(off.get('TLS_PRIVATE_KEY')?.value, 'redacted (a path)')
})
