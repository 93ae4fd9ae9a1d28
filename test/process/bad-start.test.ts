import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { test } from 'node:test'
import { makeCertificates } from '../support/certificates.ts'
import { assertOneLine, freePort, LEAST, runToEnd } from './proxy-process.ts'

const SECRET = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'

test('a bad configuration ends the start at once: every problem, no stack trace, no secret', async (t) => {
  const { key } = await makeCertificates(['localhost'])
  const environment = {
    ECR_REGISTRY: 'public.ecr.aws',
    PORT: '80000',
    LOG_LEVEL: 'loud',
    SHUTDOWN_TIMEOUT: '25',
    TLS_CERTIFICATE: 'no certificate',
    TLS_PRIVATE_KEY: key,
    AWS_SECRET_ACCESS_KEY: SECRET,
  }
  const end = await runToEnd(t, environment)
  const lines = end.stderr.trimEnd().split('\n')
  assert.equal(lines[0], 'ecr-reverse-proxy: the configuration has 6 problems:')
  const named = new Set(lines.slice(1).map((line) => /^ {2}([A-Z_]+): \S/.exec(line)?.[1]))
  assert.deepEqual(
    named,
    new Set(['ECR_REGISTRY', 'REGISTRY', 'PORT', 'LOG_LEVEL', 'SHUTDOWN_TIMEOUT', 'TLS_CERTIFICATE']),
  )
  assert.equal(end.code, 1)
  assert.equal(end.stdout, '')
  for (const secret of [SECRET, ...key.split('\n').slice(1, -2)]) assert.ok(!end.stderr.includes(secret))
})

test('it ends within two seconds', async (t) => {
  // Other tests run beside this one, so the best of three counts.
  const times: number[] = []
  for (let i = 0; i < 3 && !times.some((ms) => ms < 2000); i++) times.push((await runToEnd(t, {})).ms)
  assert.ok(Math.min(...times) < 2000, `${times.join(', ')} ms`)
})

for (const variable of ['PORT', 'STATUS_PORT']) {
  test(`${variable} in use: one line`, async (t) => {
    const taken = createServer().listen(0, '127.0.0.1')
    t.after(() => taken.close())
    await once(taken, 'listening')
    const { port } = taken.address() as AddressInfo
    const environment = { ...LEAST, PORT: String(await freePort()), [variable]: String(port) }
    assertOneLine(await runToEnd(t, environment), `${variable}: ${port} is in use; expected a free port on 127.0.0.1`)
  })
}

test('a HOST that is no address of this machine: one line', async (t) => {
  // RFC 5737: for documentation only.
  const environment = { ...LEAST, HOST: '192.0.2.1' }
  const line = 'HOST: "192.0.2.1" is no address of this machine; expected one, such as 0.0.0.0 or ::'
  assertOneLine(await runToEnd(t, environment), line)
})

test('a certificate that cannot be read: one line', async (t) => {
  const { key } = await makeCertificates(['localhost'])
  const environment = { ...LEAST, TLS: 'on', TLS_CERTIFICATE: '/nonexistent/tls.crt', TLS_PRIVATE_KEY: key }
  assertOneLine(
    await runToEnd(t, environment),
    'TLS_CERTIFICATE: "/nonexistent/tls.crt" cannot be read (ENOENT); expected the path of a PEM file, or PEM text',
  )
})

test('a key that does not belong to the certificate: one line', async (t) => {
  const [{ cert }, { key }] = await Promise.all([makeCertificates(['localhost']), makeCertificates(['localhost'])])
  const environment = { ...LEAST, TLS: 'on', TLS_CERTIFICATE: cert, TLS_PRIVATE_KEY: key }
  assertOneLine(
    await runToEnd(t, environment),
    'TLS_PRIVATE_KEY: does not belong to TLS_CERTIFICATE; expected the key that the certificate was made for',
  )
})

for (const [version, tooOld] of [
  ['18.20.8', true],
  ['20.18.3', true],
  ['20.19.0', false],
  ['22.0.0', false],
] as const) {
  test(`Node ${version} ${tooOld ? 'is too old: one line' : 'is not told to be too old'}`, async (t) => {
    // An older Node need not be installed: what main.ts looks at is changed before main.ts is loaded.
    const script = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } })`
    const end = await runToEnd(t, {}, ['--import', `data:text/javascript,${encodeURIComponent(script)}`])
    if (tooOld) assertOneLine(end, `Node ${version} is too old; expected 20.19 or newer`)
    else assert.match(end.stderr, /^ecr-reverse-proxy: the configuration has 4 problems:\n/)
  })
}
