import assert from 'node:assert/strict'
import { test } from 'node:test'
import { loadConfig } from '../../src/config/load.ts'
import { LEAST, load, problemsOf } from './environment.ts'

const NAMESPACE = 'at most 255 letters, digits, spaces and . - _ / # :, beginning with neither AWS/ nor a colon'

for (const [name, text, problem, named = name] of [
  ['PORT', 'http', '"http" is not allowed; expected a port number from 1 to 65535'],
  ['PORT', '0', '"0" is not allowed; expected a port number from 1 to 65535'],
  ['PORT', '65536', '"65536" is not allowed; expected a port number from 1 to 65535'],
  ['PORT', '80.5', '"80.5" is not allowed; expected a port number from 1 to 65535'],
  ['STATUS_PORT', '-1', '"-1" is not allowed; expected a port number from 1 to 65535'],
  ['DEBUG_PORT', '0', '"0" is not allowed; expected a port number from 1 to 65535, or off'],
  ['DEBUG_PORT', 'on', '"on" is not allowed; expected a port number from 1 to 65535, or off'],
  ['DEBUG_HEAPSNAPSHOT', 'yes', '"yes" is not allowed; expected on or off'],
  ['STATUS_PORT', '5000', '5000 is PORT as well; expected a port of its own'],
  ['TLS', 'false', '"false" is not allowed; expected on or off'],
  ['LOG_LEVEL', 'INFO', '"INFO" is not allowed; expected one of fatal, error, warn, info, debug, trace, silent'],
  ['METRICS', 'statsd', '"statsd" is not allowed; expected cloudwatch, emf or off'],
  ['METRICS', 'cloudwatch', 'is not set; expected an AWS region, such as us-east-1, for METRICS=cloudwatch', 'REGION'],
  ['METRICS_NAMESPACE', 'AWS/ECR', `"AWS/ECR" is no namespace; expected ${NAMESPACE}`],
  ['METRICS_NAMESPACE', ':a', `":a" is no namespace; expected ${NAMESPACE}`],
  ['METRICS_NAMESPACE', 'a ', `"a " is no namespace; expected ${NAMESPACE}`],
  ['METRICS_NAMESPACE', ' ', `" " is no namespace; expected ${NAMESPACE}`],
  ['METRICS_NAMESPACE', 'Größe', `"Größe" is no namespace; expected ${NAMESPACE}`],
  ['METRICS_REPOSITORIES', '5001', '"5001" is not allowed; expected a number from 0 to 5000'],
  ['METRICS_REPOSITORIES', '-1', '"-1" is not allowed; expected a number from 0 to 5000'],
  ['WORKERS', '0', '"0" is not allowed; expected a number from 1 to 64, or auto'],
  ['WORKERS', '65', '"65" is not allowed; expected a number from 1 to 64, or auto'],
  ['WORKERS', '1.5', '"1.5" is not allowed; expected a number from 1 to 64, or auto'],
  ['WORKERS', 'all', '"all" is not allowed; expected a number from 1 to 64, or auto'],
  ['MAX_EVENT_LOOP_UTILIZATION', '1', '"1" is not allowed; expected a number from 0.01 to 0.99, or off'],
  ['MAX_EVENT_LOOP_UTILIZATION', '90%', '"90%" is not allowed; expected a number from 0.01 to 0.99, or off'],
  [
    'MAX_EVENT_LOOP_DELAY',
    '0',
    '"0" has no unit; expected off, or a duration with its unit from 1ms to 1m, such as 200ms',
  ],
  [
    'MAX_EVENT_LOOP_DELAY',
    'auto',
    '"auto" is not a number with a unit; expected off, or a duration with its unit from 1ms to 1m, such as 200ms',
  ],
  [
    'MAX_RSS',
    '1KiB',
    '"1KiB" is too small; expected auto, off, or a size with its unit from 1MiB to 1024GiB, such as 512MiB',
  ],
  ['MAX_IN_FLIGHT', '0', '"0" is not allowed; expected a number from 1 to 1000000, or off'],
  ['MAX_IN_FLIGHT', '1.5', '"1.5" is not allowed; expected a number from 1 to 1000000, or off'],
  ['REGION', 'Virginia', '"Virginia" is no region; expected an AWS region, such as us-east-1'],
  ['REGION', '2us-east-1', '"2us-east-1" is no region; expected an AWS region, such as us-east-1'],
  ['REGION', 'us-east-1a', '"us-east-1a" is no region; expected an AWS region, such as us-east-1'],
  ['REGION', 'u-east-1', '"u-east-1" is no region; expected an AWS region, such as us-east-1'],
  ['REGION', 'us-1', '"us-1" is no region; expected an AWS region, such as us-east-1'],
  ['REGION', 'us--1', '"us--1" is no region; expected an AWS region, such as us-east-1'],
  ['REGION', 'us-east-', '"us-east-" is no region; expected an AWS region, such as us-east-1'],
  ['REGION', 'us-east-100', '"us-east-100" is no region; expected an AWS region, such as us-east-1'],
] as const) {
  test(`${name}=${text} is refused`, () => {
    const environment = name === 'TLS' ? { TLS: text, TLS_CERTIFICATE: 'x', TLS_PRIVATE_KEY: 'x' } : { [name]: text }
    assert.equal(problemsOf(environment)[0], `${named}: ${problem}`)
  })
}

for (const [text, what] of [
  ['25', 'has no unit'],
  ['2.5', 'has no unit'],
  ['2.55', 'has no unit'],
  ['x25', 'is not a number with a unit'],
  ['25sec', 'is not a number with a unit'],
  ['soon', 'is not a number with a unit'],
  ['61m', 'is too large'],
] as const) {
  test(`SHUTDOWN_TIMEOUT=${text} ${what}`, () => {
    const expected = 'expected a duration with its unit from 0s to 1h, such as 500ms, 25s or 10m'
    assert.deepEqual(problemsOf({ SHUTDOWN_TIMEOUT: text }), [`SHUTDOWN_TIMEOUT: "${text}" ${what}; ${expected}`])
  })
}

for (const [text, what] of [
  ['65536', 'has no unit'],
  ['8191B', 'is too small'],
  ['2MiB', 'is too large'],
  ['64MB', 'is not a number with a unit'],
] as const) {
  test(`MAX_HEADER_SIZE=${text} ${what}`, () => {
    const expected = 'expected a size with its unit from 8KiB to 1MiB, such as 64KiB'
    assert.deepEqual(problemsOf({ MAX_HEADER_SIZE: text }), [`MAX_HEADER_SIZE: "${text}" ${what}; ${expected}`])
  })
}

test('KEEP_ALIVE_TIMEOUT has a least value', () => {
  assert.match(problemsOf({ KEEP_ALIVE_TIMEOUT: '999ms' })[0] ?? '', /^KEEP_ALIVE_TIMEOUT: "999ms" is too small; /)
})

for (const [text, what] of [
  ['https://registry.example.com', 'is a URL'],
  ['registry.example.com/', 'is no host name'],
  ['registry.example.com:', 'is no host name'],
  ['registry.example.com:0', 'is no host name'],
  ['registry.example.com:65536', 'is no host name'],
  ['-registry', 'is no host name'],
  ['registry example', 'is no host name'],
  ['registry-', 'is no host name'],
  ['registry.example.com.', 'is no host name'],
  ['registry.example.com:005000', 'is no host name'],
  ['[localhost]:5000', 'is no host name'],
  ['[]', 'is no host name'],
  ['x[::1]', 'is no host name'],
  ['[::1]x', 'is no host name'],
] as const) {
  test(`REGISTRY=${text} ${what}`, () => {
    const expected = 'expected host or host:port, such as registry.example.com or localhost:5000'
    assert.deepEqual(problemsOf({ REGISTRY: text }), [`REGISTRY: "${text}" ${what}; ${expected}`])
  })
}

test('a DEBUG_PORT that leaves its workers no ports is told with all else, and is the own one of a worker', () => {
  const problem = 'DEBUG_PORT: 65532 leaves no ports for 4 workers; expected one up to 65531, or off'
  const environment = { DEBUG_PORT: '65532', WORKERS: '4', STATUS_PORT: '5000' }
  assert.deepEqual(problemsOf(environment), ['STATUS_PORT: 5000 is PORT as well; expected a port of its own', problem])
  const right = { ...environment, STATUS_PORT: '9000' }
  for (const other of [
    { WORKERS: '3' },
    { WORKERS: '1', DEBUG_PORT: '65535' },
    { WORKERS: 'auto' },
    { DEBUG_PORT: 'off' },
  ]) {
    assert.equal(load({ ...right, ...other }).STATUS_PORT, 9000)
  }
  const known = { tls: undefined, isWorker: true }
  assert.equal(loadConfig({ ...LEAST, ...right, DEBUG_PORT: '65535' }, known).DEBUG_PORT, 65535)
})

test('a namespace of 255 characters is taken, and none of 256', () => {
  assert.equal(load({ METRICS_NAMESPACE: 'x'.repeat(255) }).METRICS_NAMESPACE.length, 255)
  assert.match(problemsOf({ METRICS_NAMESPACE: 'x'.repeat(256) })[0] ?? '', / is no namespace; /)
})
