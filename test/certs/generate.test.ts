// `make trust` and `make playtest` make a certificate first. They once replaced whatever TLS_CERTIFICATE and
// TLS_PRIVATE_KEY named when it did not suit REGISTRY: the private key of a real certificate was lost.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { makeCertificates } from '../support/certificates.ts'

// This file runs as dist/test/certs/generate.test.js.
const SCRIPT = fileURLToPath(new URL('../../../certs/generate.sh', import.meta.url))
const run = promisify(execFile)

function pathsFor(t: TestContext): [certificate: string, key: string] {
  const directory = mkdtempSync(join(tmpdir(), 'generate-'))
  t.after(() => rmSync(directory, { recursive: true }))
  return [join(directory, 'registry.crt'), join(directory, 'registry.key')]
}

test('a certificate of its own is kept while it suits, and replaced for another name', async (t) => {
  const [certificate, key] = pathsFor(t)
  await run(SCRIPT, ['registry.example.com:5000', certificate, key])
  const first = readFileSync(certificate, 'utf8')
  const names = new X509Certificate(first)
  for (const name of ['registry.example.com', 'localhost']) assert.equal(names.checkHost(name), name)
  for (const address of ['127.0.0.1', '::1']) assert.equal(names.checkIP(address), address)
  await run(SCRIPT, ['registry.example.com', certificate, key])
  assert.equal(readFileSync(certificate, 'utf8'), first)
  await run(SCRIPT, ['other.example.com', certificate, key])
  assert.equal(new X509Certificate(readFileSync(certificate)).checkHost('other.example.com'), 'other.example.com')
})

test('a certificate or key that it did not make is used where it suits, and never replaced', async (t) => {
  const [certificate, key] = pathsFor(t)
  const real = await makeCertificates(['registry.example.com'])
  writeFileSync(key, real.key)
  await assert.rejects(run(SCRIPT, ['registry.example.com', certificate, key]), { code: 1 })
  writeFileSync(certificate, real.cert)
  await run(SCRIPT, ['registry.example.com:443', certificate, key])
  await assert.rejects(run(SCRIPT, ['localhost:5000', certificate, key]), { code: 1, stderr: /were not made here/ })
  assert.equal(readFileSync(certificate, 'utf8'), real.cert)
  assert.equal(readFileSync(key, 'utf8'), real.key)
})

// It ended with 1 and no word, and the key that was left stood in the way of the next try.
test('what openssl has against it is told, and no half of a pair is left', async (t) => {
  const [certificate, key] = pathsFor(t)
  await assert.rejects(run(SCRIPT, ['registry,example.com', certificate, key]), { code: 1, stderr: /example\.com/ })
  assert.ok(!existsSync(key))
  await run(SCRIPT, ['registry.example.com', certificate, key])
})

// A name of a host may have 253 characters, a common name 64.
test('a long name is served as well', async (t) => {
  const [certificate, key] = pathsFor(t)
  const long = `${'a'.repeat(60)}.example.com`
  await run(SCRIPT, [long, certificate, key])
  assert.equal(new X509Certificate(readFileSync(certificate)).checkHost(long), long)
})

// They were taken for a path, and the message that such a file is not there repeated the key.
test('PEM text is refused and not repeated, by make as by the script', async () => {
  const secret = '-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----'
  const root = fileURLToPath(new URL('../../..', import.meta.url))
  const env = { ...process.env, TLS_CERTIFICATE: 'a.crt', TLS_PRIVATE_KEY: secret }
  for (const [program, ...args] of [
    [SCRIPT, 'localhost', 'a.crt', secret],
    ['make', '-e', 'certs'],
    ['make', '-e', 'trust'],
  ] as const) {
    await assert.rejects(
      run(program, args, { cwd: root, env }),
      ({ stderr, stdout }: { stderr: string; stdout: string }) => {
        assert.match(stderr, /is PEM text; expected two paths here/)
        assert.doesNotMatch(`${stderr}${stdout}`, /c2VjcmV0/)
        return true
      },
    )
  }
})
