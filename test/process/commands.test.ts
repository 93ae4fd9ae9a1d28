import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { type TestContext, test } from 'node:test'
import { answering } from '../support/answering.ts'
import { makeCertificates } from '../support/certificates.ts'
import { ECR_REGISTRY, type Ended, freePort, plainHttp, ProxyProcess } from './proxy-process.ts'

const PACKAGE: { version: string } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'))

async function run(t: TestContext, args: string[], environment: NodeJS.ProcessEnv = {}): Promise<Ended> {
  return new ProxyProcess(t, environment, { args }).ended
}

test('--help names every command and option', async (t) => {
  const { code, stdout, stderr } = await run(t, ['--help'])
  assert.equal(code, 0)
  assert.equal(stderr, '')
  for (const word of ['doctor', 'config', 'healthcheck', '--repository', '--json', '--help', '--version']) {
    assert.ok(stdout.includes(word), word)
  }
  assert.ok(stdout.split('\n').every((line) => line.length <= 120))
})

test('--version is the package’s', async (t) => {
  assert.deepEqual(await run(t, ['--version']), { code: 0, signal: null, stdout: `${PACKAGE.version}\n`, stderr: '' })
})

test('a wrong argument is a sentence on stderr and exit code 1', async (t) => {
  const { code, stdout, stderr } = await run(t, ['doctor', '--repository', 'Team/App'])
  assert.equal(code, 1)
  assert.equal(stdout, '')
  assert.equal(
    stderr,
    'ecr-reverse-proxy: --repository: "Team/App" is no repository; expected NAME or NAME:TAG, such as team/app:1.0\n',
  )
})

test('doctor: an empty environment is told what it lacks, and nothing of AWS is asked', async (t) => {
  const { code, stdout, stderr } = await run(t, ['doctor'])
  assert.equal(code, 1)
  assert.equal(stderr, '')
  assert.match(stdout, /^fail {2}configuration {2}ECR_REGISTRY: is not set; .+\n +REGISTRY: is not set; .+\n +-> .+\n/)
  assert.match(
    stdout,
    /\nfail {2}certificate {4}TLS_CERTIFICATE: is not set; .+\n +TLS_PRIVATE_KEY: is not set; .+\n +-> .+\n\n/,
  )
  assert.match(stdout, /\n0 ok, 0 warn, 2 fail\n$/)
})

test('healthcheck: a proxy that serves plain HTTP is healthy', async (t) => {
  const environment = plainHttp(await freePort())
  const proxy = new ProxyProcess(t, environment)
  await proxy.logged(`listening on 127.0.0.1 port ${environment['PORT']}`)
  const { code, stdout, stderr } = await run(t, ['healthcheck'], environment)
  assert.equal(stdout, `healthy: http://127.0.0.1:${environment['PORT']}/healthz answers 200\n`)
  assert.equal(stderr, '')
  assert.equal(code, 0)
})

test('healthcheck: a proxy with TLS on all addresses is asked by loopback, and its name is not verified', async (t) => {
  const { cert, key } = await makeCertificates(['registry.example.com'])
  const port = await freePort()
  const environment = {
    ECR_REGISTRY,
    REGISTRY: 'registry.example.com',
    HOST: '0.0.0.0',
    PORT: String(port),
    TLS_CERTIFICATE: cert,
    TLS_PRIVATE_KEY: key,
  }
  const proxy = new ProxyProcess(t, environment)
  await proxy.logged(`listening on 127.0.0.1 port ${port}`)
  const { code, stdout } = await run(t, ['healthcheck'], environment)
  assert.equal(stdout, `healthy: https://127.0.0.1:${port}/healthz answers 200\n`)
  assert.equal(code, 0)
})

test('healthcheck: nobody listens', async (t) => {
  const port = await freePort()
  const { code, stdout } = await run(t, ['healthcheck'], plainHttp(port))
  assert.equal(stdout, `unhealthy: http://127.0.0.1:${port}/healthz does not answer (ECONNREFUSED)\n`)
  assert.equal(code, 1)
})

test('healthcheck: an address with a zone is asked, though no URL can have it', async (t) => {
  const { code, stdout } = await run(t, ['healthcheck'], { HOST: '::1%none', PORT: String(await freePort()) })
  assert.match(stdout, /^unhealthy: https:\/\/\[::1%none\]:\d+\/healthz does not answer \(E(?!RR_)/)
  assert.equal(code, 1)
})

test('healthcheck: another answer than 200', async (t) => {
  const port = await answering(t, (_request, response) => response.writeHead(503).end('x'.repeat(100_000)))
  const { code, stdout } = await run(t, ['healthcheck'], plainHttp(port))
  assert.equal(stdout, `unhealthy: http://127.0.0.1:${port}/healthz answers 503; expected 200\n`)
  assert.equal(code, 1)
})

test('healthcheck: a listener that says nothing is given up on before ECS gives up', async (t) => {
  const port = await answering(t, () => {})
  const { code, stdout } = await run(t, ['healthcheck'], plainHttp(port))
  assert.equal(stdout, `unhealthy: http://127.0.0.1:${port}/healthz does not answer (nothing within 4000 ms)\n`)
  assert.equal(code, 1)
})

for (const { environment, sentence } of [
  { environment: { PORT: '70000' }, sentence: 'PORT: "70000" is not allowed; expected a port number from 1 to 65535' },
  { environment: { TLS: 'yes' }, sentence: 'TLS: "yes" is not allowed; expected on or off' },
]) {
  test(`healthcheck: ${JSON.stringify(environment)} is a sentence`, async (t) => {
    const { code, stdout, stderr } = await run(t, ['healthcheck'], environment)
    assert.equal(stdout, `unhealthy: ${sentence}\n`)
    assert.equal(stderr, '')
    assert.equal(code, 1)
  })
}
