import assert from 'node:assert/strict'
import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import type { TestContext } from 'node:test'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { makeCertificates } from '../support/certificates.ts'

const MAIN = fileURLToPath(new URL('main.js', import.meta.url))

function start(t: TestContext, ...args: string[]): ChildProcessWithoutNullStreams {
  const child = spawn(process.execPath, [MAIN, ...args])
  t.after(() => child.kill('SIGKILL'))
  return child
}

async function told(child: ChildProcessWithoutNullStreams): Promise<Record<string, unknown>> {
  const [line]: string[] = await once(createInterface(child.stdout), 'line')
  const values: Record<string, unknown> = JSON.parse(line ?? '')
  return values
}

test('it tells where it listens in one line of JSON and ends with its stdin', async (t) => {
  const child = start(t, '--registry-host', '210987654321.dkr.ecr.eu-west-1.amazonaws.com')
  const values = await told(child)
  const names = ['registryHost', 'registryPort', 'layerOrigin', 'layerPort', 'apiEndpoint', 'ca', 'credentials']
  assert.deepEqual(Object.keys(values), names)
  assert.equal(values['registryHost'], '210987654321.dkr.ecr.eu-west-1.amazonaws.com')
  child.stdin.end()
  assert.deepEqual(await once(child, 'exit'), [0, null])
})

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`it ends on ${signal}`, async (t) => {
    const child = start(t)
    await told(child)
    child.kill(signal)
    assert.deepEqual(await once(child, 'exit'), [0, null])
  })
}

test('the layer host can have a certificate and an origin from outside', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'simulator-main-'))
  t.after(() => rm(directory, { recursive: true, force: true }))
  const { cert, key } = await makeCertificates(['localhost'])
  const [certFile, keyFile] = [join(directory, 'cert.pem'), join(directory, 'key.pem')]
  await writeFile(certFile, cert)
  await writeFile(keyFile, key)
  const layer = ['--layer-origin', 'https://localhost:5001', '--layer-cert', certFile, '--layer-key', keyFile]
  const values = await told(start(t, ...layer, '--create-on-push', '--token-lifetime', '10s', '--directory', directory))
  assert.equal(values['layerOrigin'], 'https://localhost:5001')
  assert.equal(String(values['ca']).includes(cert), true)
})

for (const [args, message] of [
  [['--registry-port', 'x'], "--registry-port expects a port, got 'x'"],
  [['--token-lifetime', '10'], "--token-lifetime expects a duration such as 10s or 5m, got '10'"],
  [['--layer-origin', 'localhost:5001'], "--layer-origin expects an https:// origin, got 'localhost:5001'"],
  [['--layer-cert', 'a.pem'], '--layer-cert and --layer-key go together'],
  [['--registry-host', 'example.com'], 'example.com is no private ECR registry host'],
  [['--nonsense'], "Unknown option '--nonsense'"],
] as const) {
  test(`${args.join(' ')}: one line on stderr, exit code 1`, async (t) => {
    const child = start(t, ...args)
    const [stderr, exit] = await Promise.all([text(child.stderr), once(child, 'exit')])
    assert.equal(stderr, `ecr simulator: ${message}\n`)
    assert.deepEqual(exit, [1, null])
  })
}
