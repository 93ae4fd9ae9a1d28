import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { ConfigSchema } from '../../src/config/schema.ts'
import { makeCertificates } from '../support/certificates.ts'
import { type Ended, plainHttp, ProxyProcess } from './proxy-process.ts'

async function config(t: TestContext, environment: NodeJS.ProcessEnv, ...options: string[]): Promise<Ended> {
  return new ProxyProcess(t, environment, { args: ['config', ...options] }).ended
}

test('config is a table with a line for each setting', async (t) => {
  const { code, stdout, stderr } = await config(t, { ...plainHttp(5001), WORKERS: 'auto' })
  assert.equal(code, 0)
  assert.equal(stderr, '')
  const names = stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.split(' ')[0])
  assert.deepEqual(names, Object.keys(ConfigSchema.properties))
  assert.match(stdout, /^PORT +5001 +environment *$/m)
  assert.match(stdout, /^WORKERS +\d+ +derived \(auto: [^)]+\)$/m)
  assert.match(stdout, /^STATUS_PORT +none +default *$/m)
})

test('a value with a line break stays in its line', async (t) => {
  const { stdout } = await config(t, { ...plainHttp(5001), DEBUG_HOST: 'a\nb' })
  assert.match(stdout, /^DEBUG_HOST +"a\\nb" +environment *$/m)
})

for (const options of [[], ['--json']]) {
  test(`config ${options.join('')} shows no certificate and no key`, async (t) => {
    const { cert, key } = await makeCertificates(['localhost'])
    const environment = { ...plainHttp(5001), TLS: 'on', TLS_CERTIFICATE: cert, TLS_PRIVATE_KEY: key }
    const { code, stdout } = await config(t, environment, ...options)
    assert.equal(code, 0)
    assert.match(stdout, /redacted \(PEM text\)/)
    assert.ok(!stdout.includes('BEGIN'))
    assert.ok(!stdout.includes(key.split('\n')[1] ?? assert.fail('an empty key')))
  })
}

test('config --json is one document', async (t) => {
  const { stdout } = await config(t, plainHttp(5001), '--json')
  const { settings }: { settings: unknown[] } = JSON.parse(stdout)
  assert.deepEqual(settings[2], { name: 'PORT', value: '5001', from: 'environment' })
})

test('a wrong configuration is told as by the proxy itself', async (t) => {
  const { code, stdout, stderr } = await config(t, plainHttp(0))
  assert.equal(code, 1)
  assert.equal(stdout, '')
  assert.equal(stderr, 'ecr-reverse-proxy: PORT: "0" is not allowed; expected a port number from 1 to 65535\n')
})

test('a wrong configuration as JSON has its problems', async (t) => {
  const { code, stdout, stderr } = await config(t, plainHttp(0), '--json')
  assert.equal(code, 1)
  assert.equal(stderr, '')
  assert.deepEqual(JSON.parse(stdout), {
    problems: ['PORT: "0" is not allowed; expected a port number from 1 to 65535'],
  })
})
