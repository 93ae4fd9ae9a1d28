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

test('a long wrong value is shown cut', () => {
  const [problem = ''] = problemsOf({ REGION: 'x'.repeat(5000) })
  assert.ok(problem.length < 200, problem)
})
