import assert from 'node:assert/strict'
import { test } from 'node:test'
import { load, messageOf, problemsIn, problemsOf } from './environment.ts'

test('the least configuration, and every default', () => {
  assert.deepEqual(load(), {
    ECR_REGISTRY: '123456789012.dkr.ecr.us-east-1.amazonaws.com',
    REGISTRY: 'registry.example.com',
    PORT: 5000,
    HOST: '::',
    TLS: 'off',
    METRICS_NAMESPACE: 'Custom/ecr_reverse_proxy',
    METRICS_INTERVAL: 60_000,
    METRICS_REPOSITORIES: 200,
    DEBUG_HOST: '127.0.0.1',
    DEBUG_PORT: 6060,
    DEBUG_HEAPSNAPSHOT: 'off',
    WORKERS: 1,
    SHUTDOWN_DELAY: 0,
    SHUTDOWN_TIMEOUT: 25_000,
    KEEP_ALIVE_TIMEOUT: 75_000,
    MAX_HEADER_SIZE: 65_536,
    MAX_EVENT_LOOP_UTILIZATION: 0.9,
    MAX_EVENT_LOOP_DELAY: 'off',
    MAX_HEAP: 'auto',
    MAX_RSS: 'auto',
    MAX_IN_FLIGHT: 1024,
    LOG_LEVEL: 'info',
    upstream: {
      host: '123456789012.dkr.ecr.us-east-1.amazonaws.com',
      account: '123456789012',
      region: 'us-east-1',
      fips: false,
      dualStack: false,
    },
    tls: undefined,
    metrics: { to: 'off', reason: 'neither METRICS nor REGION is set, and this is not ECS' },
  })
})

for (const [name, text, value] of [
  ['PORT', '1', 1],
  ['PORT', '65535', 65_535],
  ['STATUS_PORT', '8080', 8080],
  ['HOST', '127.0.0.1', '127.0.0.1'],
  ['REGION', 'us-gov-west-1', 'us-gov-west-1'],
  ['REGION', 'ap-southeast-2', 'ap-southeast-2'],
  ['METRICS', 'off', 'off'],
  ['METRICS_NAMESPACE', 'Team A/registry.1#x:y', 'Team A/registry.1#x:y'],
  ['METRICS_NAMESPACE', 'a', 'a'],
  ['METRICS_NAMESPACE', 'Custom/AWS/:', 'Custom/AWS/:'],
  ['METRICS_INTERVAL', '1s', 1000],
  ['METRICS_REPOSITORIES', '0', 0],
  ['METRICS_REPOSITORIES', '5000', 5000],
  ['DEBUG_HOST', '::1', '::1'],
  ['DEBUG_PORT', '16060', 16_060],
  ['DEBUG_PORT', 'off', 'off'],
  ['DEBUG_HEAPSNAPSHOT', 'on', 'on'],
  ['WORKERS', '1', 1],
  ['WORKERS', '64', 64],
  ['WORKERS', 'auto', 'auto'],
  ['SHUTDOWN_DELAY', '500ms', 500],
  ['SHUTDOWN_DELAY', '1h', 3_600_000],
  ['SHUTDOWN_TIMEOUT', '0s', 0],
  ['KEEP_ALIVE_TIMEOUT', '10m', 600_000],
  ['MAX_HEADER_SIZE', '8KiB', 8192],
  ['MAX_HEADER_SIZE', '1MiB', 1_048_576],
  ['MAX_EVENT_LOOP_UTILIZATION', '0.01', 0.01],
  ['MAX_EVENT_LOOP_UTILIZATION', '0.99', 0.99],
  ['MAX_EVENT_LOOP_UTILIZATION', 'off', 'off'],
  ['MAX_EVENT_LOOP_DELAY', '200ms', 200],
  ['MAX_EVENT_LOOP_DELAY', 'off', 'off'],
  ['MAX_HEAP', '512MiB', 536_870_912],
  ['MAX_HEAP', 'auto', 'auto'],
  ['MAX_RSS', '1024GiB', 1_099_511_627_776],
  ['MAX_RSS', 'off', 'off'],
  ['MAX_IN_FLIGHT', '1', 1],
  ['MAX_IN_FLIGHT', 'off', 'off'],
  ['LOG_LEVEL', 'silent', 'silent'],
  ['REGISTRY', 'localhost:5000', 'localhost:5000'],
  ['REGISTRY', '[::1]:5000', '[::1]:5000'],
  ['REGISTRY', 'a', 'a'],
  ['REGISTRY', 'a-1.b', 'a-1.b'],
  ['REGISTRY', '[::ffff:10.0.0.1]', '[::ffff:10.0.0.1]'],
  ['REGISTRY', 'a:1', 'a:1'],
  ['REGISTRY', 'a:65535', 'a:65535'],
  ['REGION', 'ap-southeast-12', 'ap-southeast-12'],
  ['TRUST_PROXY', '10.0.0.0/8, 192.0.2.1,fd00::/8', '10.0.0.0/8, 192.0.2.1,fd00::/8'],
] as const) {
  test(`${name}=${text}`, () => assert.equal(load({ [name]: text })[name], value))
}

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

test('every problem is told at once, each with its variable', () => {
  const problems = problemsIn({
    ECR_REGISTRY: 'docker.io',
    PORT: 'x',
    STATUS_PORT: 'y',
    TLS: 'maybe',
    REGION: 'z',
    SHUTDOWN_DELAY: '1',
    SHUTDOWN_TIMEOUT: '2',
    KEEP_ALIVE_TIMEOUT: '3',
    MAX_HEADER_SIZE: '4',
    TRUST_PROXY: 'all',
    LOG_LEVEL: 'loud',
  })
  const named = new Set(problems.map((problem) => problem.split(':')[0]))
  const all = ['ECR_REGISTRY', 'REGISTRY', 'PORT', 'STATUS_PORT', 'TLS', 'TLS_CERTIFICATE', 'TLS_PRIVATE_KEY', 'REGION']
  const units = ['SHUTDOWN_DELAY', 'SHUTDOWN_TIMEOUT', 'KEEP_ALIVE_TIMEOUT', 'MAX_HEADER_SIZE']
  assert.deepEqual(named, new Set([...all, ...units, 'TRUST_PROXY', 'LOG_LEVEL']))
  assert.equal(problems.length, named.size)
})

test('an empty environment names what is required', () => {
  assert.deepEqual(
    problemsIn({}).map((problem) => problem.split(' is not set; expected ')[0]),
    ['ECR_REGISTRY:', 'REGISTRY:', 'TLS_CERTIFICATE:', 'TLS_PRIVATE_KEY:'],
  )
})

test('an empty variable is an unset one', () => {
  const empty = { PORT: '', STATUS_PORT: '', REGION: '', TRUST_PROXY: '', LOG_LEVEL: '', SHUTDOWN_DELAY: '' }
  assert.deepEqual(load(empty), load())
  assert.match(problemsOf({ ECR_REGISTRY: '' })[0] ?? '', /^ECR_REGISTRY: is not set; expected the host name of a /)
})

test('variables that are none of ours are not looked at', () => {
  assert.deepEqual(Object.keys(load({ AWS_SECRET_ACCESS_KEY: 'x', PATH: '/bin' })), Object.keys(load()))
})

test('one problem is one line, several are a list', () => {
  assert.equal(messageOf({ PORT: 'x' }), 'PORT: "x" is not allowed; expected a port number from 1 to 65535')
  assert.match(
    messageOf({ PORT: 'x', REGION: 'y' }),
    /^the configuration has 2 problems:\n {2}PORT: .*\n {2}REGION: .*$/,
  )
})

test('a namespace of 255 characters is taken, and none of 256', () => {
  assert.equal(load({ METRICS_NAMESPACE: 'x'.repeat(255) }).METRICS_NAMESPACE.length, 255)
  assert.match(problemsOf({ METRICS_NAMESPACE: 'x'.repeat(256) })[0] ?? '', / is no namespace; /)
})

test('a long wrong value is shown cut', () => {
  const [problem = ''] = problemsOf({ REGION: 'x'.repeat(5000) })
  assert.ok(problem.length < 200, problem)
})
