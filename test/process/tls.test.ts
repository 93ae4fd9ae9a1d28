import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { connect, type SecureVersion } from 'node:tls'
import { replyTo } from '../simulator/client.ts'
import { type Certificates, makeCertificates } from '../support/certificates.ts'
import { ECR_REGISTRY, freePort, ProxyProcess } from './proxy-process.ts'

async function withTls(certificate: string, privateKey: string): Promise<{ port: number; env: NodeJS.ProcessEnv }> {
  const port = await freePort()
  const tls = { TLS_CERTIFICATE: certificate, TLS_PRIVATE_KEY: privateKey }
  return { port, env: { ECR_REGISTRY, REGISTRY: `localhost:${port}`, PORT: String(port), ...tls } }
}

async function files(t: TestContext, { cert, key }: Certificates): Promise<{ certFile: string; keyFile: string }> {
  const directory = await mkdtemp(join(tmpdir(), 'proxy-tls-'))
  t.after(() => rm(directory, { recursive: true, force: true }))
  const [certFile, keyFile] = [join(directory, 'registry.crt'), join(directory, 'registry.key')]
  await writeFile(certFile, cert)
  await writeFile(keyFile, key, { mode: 0o600 })
  return { certFile, keyFile }
}

async function isServed(port: number, ca: string): Promise<void> {
  const sent = request({ host: '127.0.0.1', port, path: '/healthz', ca, servername: 'localhost', agent: false }).end()
  assert.equal((await replyTo(sent)).status, 200)
}

async function protocolOf(port: number, ca: string, version: SecureVersion): Promise<string | null> {
  const versions = { minVersion: version, maxVersion: version } as const
  const socket = connect({ host: '127.0.0.1', port, ca, servername: 'localhost', ...versions })
  await once(socket, 'secureConnect')
  const protocol = socket.getProtocol()
  socket.destroy()
  return protocol
}

test('certificate and key come from files, and TLS 1.2 and 1.3 are spoken', async (t) => {
  const certificates = await makeCertificates(['localhost'])
  const { certFile, keyFile } = await files(t, certificates)
  const { port, env } = await withTls(certFile, keyFile)
  const child = new ProxyProcess(t, env)
  await child.logged(`listening on 127.0.0.1 port ${port}`)
  await isServed(port, certificates.ca)
  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    assert.equal(await protocolOf(port, certificates.ca, version), version)
  }
})

for (const { how, written } of [
  { how: 'as they are', written: (pem: string) => pem },
  { how: 'with \\n for each line break', written: (pem: string) => pem.replaceAll('\n', '\\n') },
]) {
  test(`certificate and key may be PEM texts, ${how}`, async (t) => {
    const { ca, cert, key } = await makeCertificates(['localhost'])
    const { port, env } = await withTls(written(cert), written(key))
    const child = new ProxyProcess(t, env)
    await child.logged(`listening on 127.0.0.1 port ${port}`)
    await isServed(port, ca)
  })
}

test('a certificate that cannot be read is one line', async (t) => {
  const { keyFile } = await files(t, await makeCertificates(['localhost']))
  const { env } = await withTls('/nowhere/registry.crt', keyFile)
  const { code, stderr } = await new ProxyProcess(t, env).ended
  assert.equal(code, 1)
  assert.equal(
    stderr,
    'ecr-reverse-proxy: TLS_CERTIFICATE: "/nowhere/registry.crt" cannot be read (ENOENT); expected the path of a PEM file, or PEM text\n',
  )
})

test('a key that does not belong to the certificate is one line, without the key', async (t) => {
  const [{ cert }, { key }] = await Promise.all([makeCertificates(['localhost']), makeCertificates(['localhost'])])
  const { env } = await withTls(cert, key)
  const { code, stderr } = await new ProxyProcess(t, env).ended
  assert.equal(code, 1)
  assert.equal(
    stderr,
    'ecr-reverse-proxy: TLS_PRIVATE_KEY: does not belong to TLS_CERTIFICATE; expected the key that the certificate was made for\n',
  )
})

test('a certificate in the place of the key is one line', async (t) => {
  const { cert } = await makeCertificates(['localhost'])
  const { env } = await withTls(cert, cert)
  const { code, stderr } = await new ProxyProcess(t, env).ended
  assert.equal(code, 1)
  assert.match(stderr, /^ecr-reverse-proxy: TLS_PRIVATE_KEY: is no usable private key; expected [^\n]+\n$/)
})
