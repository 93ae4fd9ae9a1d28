import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { test } from 'node:test'
import { readPem, rereadPem } from '../../src/tls/pem.ts'
import { CertificateFiles } from '../support/certificate-files.ts'
import { makeCertificates } from '../support/certificates.ts'

const pair = await makeCertificates(['registry.example.com'])

test('what is read again is what was read first, or what is there by then', async (t) => {
  const { certificate, privateKey } = await CertificateFiles.plain(t, pair)
  assert.deepEqual(await rereadPem('TLS_CERTIFICATE', certificate, ''), readPem('TLS_CERTIFICATE', certificate))
  const escaped = pair.key.replaceAll('\n', '\\n')
  for (const value of [privateKey, pair.key, escaped]) {
    assert.deepEqual(await rereadPem('TLS_PRIVATE_KEY', value, ''), { text: pair.key })
  }
  rmSync(privateKey)
  const problem = `TLS_PRIVATE_KEY: "${privateKey}" cannot be read (ENOENT); expected the path of a PEM file, or PEM text`
  assert.deepEqual(await rereadPem('TLS_PRIVATE_KEY', privateKey, ''), { problem })
  assert.deepEqual(readPem('TLS_PRIVATE_KEY', privateKey), { problem })
})

// A shell's <(command) is one: who opens it a second time waits for ever, in one of the few threads that read files.
test('a pipe is not opened again', async (t) => {
  const { directory } = await CertificateFiles.plain(t, pair)
  const pipe = `${directory}/pipe.key`
  execFileSync('mkfifo', [pipe])
  assert.deepEqual(await rereadPem('TLS_PRIVATE_KEY', pipe, pair.key), { text: pair.key })
})
