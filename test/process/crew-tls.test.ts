import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request } from 'node:https'
import { type TestContext, test } from 'node:test'
import { connect, type ConnectionOptions } from 'node:tls'
import { replyTo } from '../simulator/client.ts'
import { CertificateFiles, type KeyPair } from '../support/certificate-files.ts'
import { makeCertificates } from '../support/certificates.ts'
import { until } from '../support/until.ts'
import { childrenOf, LONG_MS } from './crew-process.ts'
import { ECR_REGISTRY, freePort, plainHttp, ProxyProcess } from './proxy-process.ts'
import { serialOf, serialsOf } from './served-certificate.ts'

interface TlsProxy {
  child: ProxyProcess
  port: number
  files: CertificateFiles
}

async function startTls(t: TestContext, workers: number, pair: KeyPair): Promise<TlsProxy> {
  const files = await CertificateFiles.plain(t, pair)
  const port = await freePort()
  const child = new ProxyProcess(t, {
    ECR_REGISTRY,
    REGISTRY: `localhost:${port}`,
    PORT: String(port),
    WORKERS: String(workers),
    LOG_LEVEL: 'debug',
    TLS_CERTIFICATE: files.certificate,
    TLS_PRIVATE_KEY: files.privateKey,
  })
  const listening = (): number => child.lines(`listening on 127.0.0.1 port ${port}`).length
  await until(() => listening() === workers, 'all workers', LONG_MS)
  return { child, port, files }
}

/** One request over a connection of its own: who served it, and whether the session was resumed. */
async function visit(t: TestContext, { child, port }: TlsProxy, options: ConnectionOptions): Promise<Visit> {
  const socket = connect({ host: '127.0.0.1', port, servername: 'localhost', ...options })
  t.after(() => socket.destroy())
  const sessions: Buffer[] = []
  socket.on('session', (session) => sessions.push(session))
  await once(socket, 'secureConnect')
  const reused = socket.isSessionReused()
  const before = child.lines('request').length
  socket.write('GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
  socket.resume()
  const { pid } = await until(() => child.lines('request')[before], 'the access line', LONG_MS)
  return { pid, reused, sessions }
}

interface Visit {
  pid: unknown
  reused: boolean
  /** To resume by; the last is the newest. They may come after the handshake. */
  sessions: Buffer[]
}

for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
  test(`a ${version} session made with one worker is resumed by another`, async (t) => {
    const { ca, ...pair } = await makeCertificates(['localhost'])
    const proxy = await startTls(t, 2, pair)
    const options = { ca, minVersion: version, maxVersion: version }
    const { reused, sessions } = await visit(t, proxy, options)
    assert.equal(reused, false)
    const session = await until(() => sessions.at(-1), 'a session', LONG_MS)
    const resumedBy = new Set<unknown>()
    for (let i = 0; i < 6; i++) {
      const again = await visit(t, proxy, { ...options, session })
      assert.equal(again.reused, true)
      resumedBy.add(again.pid)
    }
    assert.deepEqual(resumedBy, new Set(childrenOf(proxy.child.pid)))
    assert.equal(resumedBy.size, 2)
  })
}

for (const workers of [1, 2]) {
  test(`SIGHUP brings a new certificate to ${workers} of ${workers} workers, and cuts nothing`, async (t) => {
    const [old, next] = [await makeCertificates(['localhost']), await makeCertificates(['localhost'])]
    const { child, port, files } = await startTls(t, workers, old)
    const before = await serialOf(t, port, old.ca)
    // On its way while the certificate changes: its head has come, its body has not.
    const upload = request({
      host: '127.0.0.1',
      port,
      ca: old.ca,
      servername: 'localhost',
      method: 'PUT',
      path: '/v2/team/app/manifests/v1',
      headers: { 'Content-Type': 'application/vnd.oci.image.manifest.v1+json', 'Content-Length': '2' },
    })
    const reply = replyTo(upload)
    upload.write('{')
    await files.overwrite(next)
    child.signal('SIGHUP')
    await child.logged('TLS certificate and key were read again')
    const serials = (): Promise<Set<string>> => serialsOf(t, port, old.ca)
    let now = await serials()
    for (const end = performance.now() + LONG_MS; now.has(before) && performance.now() < end; ) now = await serials()
    assert.equal(now.size, 1)
    assert.ok(!now.has(before))
    upload.end('}')
    // There is no token here, so 503 is what the whole request is answered with.
    assert.equal((await reply).status, 503)

    await files.overwrite({ cert: old.cert, key: next.key })
    child.signal('SIGHUP')
    const { level, problems } = await child.logged(
      'the TLS certificate cannot be replaced; the one before stays in use',
    )
    assert.equal(level, 50)
    assert.match(String(problems), /^TLS_PRIVATE_KEY: does not belong to TLS_CERTIFICATE/)
    assert.deepEqual(await serials(), now)

    await files.overwrite(next)
    if (workers > 1) {
      const [victim = 0] = childrenOf(child.pid)
      process.kill(victim, 'SIGKILL')
      await until(() => child.lines(`listening on 127.0.0.1 port ${port}`).length === workers + 1, 'another', LONG_MS)
      assert.deepEqual(await serials(), now)
    }
    child.signal('SIGTERM')
    const { code, stdout } = await child.ended
    assert.equal(code, 0)
    assert.ok(!stdout.includes('PRIVATE KEY'))
  })

  test(`SIGHUP without TLS is told and harmless, with ${workers} workers`, async (t) => {
    const port = await freePort()
    const child = new ProxyProcess(t, { ...plainHttp(port), WORKERS: String(workers) })
    const listening = (): number => child.lines(`listening on 127.0.0.1 port ${port}`).length
    await until(() => listening() === workers, 'all workers', LONG_MS)
    for (const pid of [...childrenOf(child.pid), child.pid]) process.kill(pid, 'SIGHUP')
    assert.equal((await child.logged('SIGHUP reads the TLS certificate again, but TLS is off'))['level'], 40)
    child.signal('SIGTERM')
    assert.equal((await child.ended).code, 0)
    assert.equal(child.lines('a worker died; another one takes its place').length, 0)
  })
}
