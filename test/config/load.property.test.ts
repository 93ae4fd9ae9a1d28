import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { createAjv } from '../../src/config/keywords.ts'
import { type Config, ConfigError, loadConfig, NOTHING } from '../../src/config/load.ts'
import { ConfigSchema } from '../../src/config/schema.ts'
import { property } from '../fuzz/property.ts'
import { ecrHost } from '../support/arbitraries.ts'
import { LEAST } from './environment.ts'

const NAMES = Object.keys(ConfigSchema.properties)
const ajv = createAjv()
const SECRET = 'wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY'

const NUMBERS = ['0', '1', '-1', '5000', '65535', '65536', '1e3', '0x10', '0.9', '1.0', ' 80', '99999999999999999999']
const QUANTITIES = ['500ms', '25s', '10m', '1h', '2h', '0s', '64KiB', '1MiB', '512MiB', '1GiB', '5', '5kb', '1.5s']
const WORDS = [
  'on',
  'off',
  'auto',
  'emf',
  'cloudwatch',
  'info',
  'silent',
  'true',
  'null',
  'us-east-1',
  'localhost:5000',
]
const ODD = [
  '__proto__',
  '[::1]:5000',
  '10.0.0.0/8',
  '::/0, 1.2.3.4',
  'AWS/ECR',
  'https://a',
  '$PORT',
  '${PORT}',
  '{}',
  '[]',
]

const value = fc.oneof(
  fc.constantFrom(...NUMBERS, ...QUANTITIES, ...WORDS, ...ODD),
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.integer().map(String),
  ecrHost().map(({ host }) => host),
)
const name = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom(...NAMES) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('__proto__', 'constructor', 'toString', 'length', 'ECS_CONTAINER_METADATA_URI_V4'),
  },
)
const secrets = fc.constantFrom(
  {},
  { AWS_SECRET_ACCESS_KEY: SECRET },
  {
    TLS: 'on',
    TLS_CERTIFICATE: `-----BEGIN CERTIFICATE-----\n${SECRET}`,
    TLS_PRIVATE_KEY: `-----BEGIN PRIVATE KEY-----\n${SECRET}`,
  },
  { TLS: 'on', TLS_CERTIFICATE: SECRET, TLS_PRIVATE_KEY: `/${SECRET}` },
  { TLS: 'on', TLS_PRIVATE_KEY: `-----BEGIN PRIVATE KEY-----\\n${SECRET}\\n-----END PRIVATE KEY-----` },
)

const isIn = (from: number, to: number) => (text: unknown) => Number(text) >= from && Number(text) <= to
const HOUR = 3_600_000
const MIB = 1024 ** 2

/** What the documentation says of each number, once more. */
const RANGES: [name: keyof Config, right: (setting: unknown) => boolean, word?: string[]][] = [
  ['PORT', isIn(1, 65_535)],
  ['DEBUG_PORT', isIn(1, 65_535), ['off']],
  ['METRICS_INTERVAL', isIn(1000, HOUR)],
  ['METRICS_REPOSITORIES', isIn(0, 5000)],
  ['WORKERS', isIn(1, 64), ['auto']],
  ['SHUTDOWN_DELAY', isIn(0, HOUR)],
  ['SHUTDOWN_TIMEOUT', isIn(0, HOUR)],
  ['KEEP_ALIVE_TIMEOUT', isIn(1000, 2 * HOUR)],
  ['MAX_HEADER_SIZE', isIn(8 * 1024, MIB)],
  ['MAX_EVENT_LOOP_UTILIZATION', isIn(0.01, 0.99), ['off']],
  ['MAX_EVENT_LOOP_DELAY', isIn(1, 60_000), ['off']],
  ['MAX_HEAP', isIn(MIB, MIB * 1024 * 1024), ['auto', 'off']],
  ['MAX_RSS', isIn(MIB, MIB * 1024 * 1024), ['auto', 'off']],
  ['MAX_IN_FLIGHT', isIn(1, 1_000_000), ['off']],
]

function checkConfig(config: Config): void {
  for (const [key, right, words = []] of RANGES) {
    const setting = config[key]
    const isWord = typeof setting === 'string' && words.includes(setting)
    assert.ok(isWord || (typeof setting === 'number' && right(setting)), key)
  }
  assert.match(config.upstream.host, /^\d{12}\.dkr[.-]ecr/)
  assert.ok(config.TLS === 'off' || config.TLS === 'on')
  assert.equal(config.tls === undefined, config.TLS === 'off')
  assert.ok(config.STATUS_PORT !== config.PORT)
}

function checkProblems({ problems, message }: ConfigError): void {
  assert.ok(problems.length > 0)
  for (const problem of problems) {
    assert.ok(NAMES.includes(problem.split(':', 1)[0] ?? ''), problem)
    assert.match(problem, /; expected \S|^REGION: |which needs no credentials/)
    assert.ok(!/[\r\n]/.test(problem), 'one line a problem')
    assert.ok(message.includes(problem))
  }
  assert.equal(new Set(problems).size, problems.length)
  for (let start = 0; start + 12 <= SECRET.length; start += 1) {
    assert.ok(!message.includes(SECRET.slice(start, start + 12)), message)
  }
}

property(
  'whatever the environment: a configuration as documented, or problems that each name a variable and tell no secret',
  fc.property(
    fc.constantFrom({}, LEAST),
    fc.array(fc.tuple(name, value), { maxLength: 6 }),
    secrets,
    (least, set, secret) => {
      const environment = { ...least, ...Object.fromEntries(set), ...secret }
      try {
        checkConfig(loadConfig(environment, NOTHING, ajv))
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error
        checkProblems(error)
      }
    },
  ),
  { runs: 500 },
)
