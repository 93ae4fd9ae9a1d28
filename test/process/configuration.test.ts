import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { type Ended, ProxyProcess } from './proxy-process.ts'

/** Longest way from the start to exit code 1, in milliseconds. */
const LIMIT_MS = 2000

async function run(t: TestContext, environment: NodeJS.ProcessEnv): Promise<Ended> {
  return new ProxyProcess(t, environment).ended
}

/** The variables that the lines of a list of problems start with. */
function named(stderr: string): string[] {
  return [...stderr.matchAll(/^ {2}([A-Z_]+): .+$/gm)].map(([, name = '']) => name)
}

test('an empty environment is told everything that it needs', async (t) => {
  const { code, stdout, stderr } = await run(t, {})
  assert.equal(code, 1)
  assert.equal(stdout, '')
  assert.match(stderr, /^ecr-reverse-proxy: the configuration has 4 problems:\n/)
  assert.deepEqual(named(stderr).toSorted(), ['ECR_REGISTRY', 'REGISTRY', 'TLS_CERTIFICATE', 'TLS_PRIVATE_KEY'])
})

test('every problem at once, a line each, with no stack and no secret', async (t) => {
  const secret = 'MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg'
  const { code, stdout, stderr } = await run(t, {
    ECR_REGISTRY: 'public.ecr.aws',
    REGISTRY: 'https://registry.example.com',
    PORT: '70000',
    TLS_CERTIFICATE: '/nowhere/registry.crt',
    TLS_PRIVATE_KEY: secret,
    SHUTDOWN_TIMEOUT: '25',
    LOG_LEVEL: 'loud',
  })
  assert.equal(code, 1)
  assert.equal(stdout, '')
  const names = [
    'ECR_REGISTRY',
    'LOG_LEVEL',
    'PORT',
    'REGISTRY',
    'SHUTDOWN_TIMEOUT',
    'TLS_CERTIFICATE',
    'TLS_PRIVATE_KEY',
  ]
  assert.deepEqual(named(stderr).toSorted(), names)
  assert.equal(stderr.trimEnd().split('\n').length, 1 + names.length)
  assert.match(stderr, /ECR Public/)
  assert.doesNotMatch(stderr, /^ +at /m)
  assert.ok(!stderr.includes(secret), stderr)
})

test('a single problem is a single line', async (t) => {
  const { code, stderr } = await run(t, {
    ECR_REGISTRY: '123456789012.dkr.ecr.us-east-1.amazonaws.com',
    REGISTRY: 'localhost',
    TLS: 'off',
    PORT: 'http',
  })
  assert.equal(code, 1)
  assert.equal(stderr, 'ecr-reverse-proxy: PORT: "http" is not allowed; expected a port number from 1 to 65535\n')
})

test('it is told within 2 seconds', async (t) => {
  // The quickest of three: other tests may have the processors for a while.
  const times: number[] = []
  for (let i = 0; i < 3; i++) {
    const start = performance.now()
    const { code } = await run(t, {})
    assert.equal(code, 1)
    times.push(performance.now() - start)
  }
  assert.ok(Math.min(...times) < LIMIT_MS, `${times.map(Math.round).join(', ')} ms`)
})
