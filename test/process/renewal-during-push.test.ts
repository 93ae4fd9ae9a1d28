import assert from 'node:assert/strict'
import { createHash, type Hash, randomBytes, X509Certificate } from 'node:crypto'
import type { ClientRequest } from 'node:http'
import { Agent, request } from 'node:https'
import type { Socket } from 'node:net'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { type TestContext, test } from 'node:test'
import { TLSSocket } from 'node:tls'
import { type Reply, replyTo, simulatorFor } from '../simulator/client.ts'
import { CertificateFiles, type KeyPair } from '../support/certificate-files.ts'
import { makeCertificates } from '../support/certificates.ts'
import { withDigest } from '../support/registry-client.ts'
import { untilAnswered } from '../support/until.ts'
import { LONG_MS, startCrew } from './crew-process.ts'
import { serialsOf } from './served-certificate.ts'

const CHUNK_BYTES = 256 * 1024
const CHUNKS = 4096
const LAYER_BYTES = CHUNKS * CHUNK_BYTES

/** A client that has one connection at a time, and tells which it has had. */
class Client {
  readonly sockets = new Set<Socket>()
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 })
  readonly #port: number
  readonly #ca: string

  constructor(t: TestContext, port: number, ca: string) {
    this.#port = port
    this.#ca = ca
    t.after(() => this.#agent.destroy())
  }

  open(method: string, path: string): ClientRequest {
    const to = { host: '127.0.0.1', port: this.#port, servername: 'localhost', ca: this.#ca }
    return request({ ...to, method, path, agent: this.#agent }).on('socket', (socket) => this.sockets.add(socket))
  }

  async send(method: string, path: string): Promise<Reply> {
    return replyTo(this.open(method, path).setHeader('Content-Length', '0').end())
  }
}

/** A layer of 1 GiB in which no two chunks are the same; `before` is awaited ahead of each chunk. */
async function* layer(hash: Hash, before: (chunk: number) => Promise<void> | undefined): AsyncGenerator<Buffer> {
  const content = randomBytes(CHUNK_BYTES)
  for (let i = 0; i < CHUNKS; i++) {
    await before(i)
    content.writeUInt32BE(i)
    hash.update(content)
    // What was given out may still wait to be sent.
    yield Buffer.from(content)
  }
}

function serialOf({ cert }: KeyPair): string {
  return new X509Certificate(cert).serialNumber
}

for (const workers of [1, 2]) {
  test(`a certificate renewed during a push of 1 GiB is seen by new connections, and not by the push, with ${workers} workers`, async (t) => {
    const [old, next] = [await makeCertificates(['localhost']), await makeCertificates(['localhost'])]
    const files = await CertificateFiles.plain(t, old)
    const simulator = await simulatorFor(t, { createOnPush: true })
    const environment = { TLS: 'on', TLS_CERTIFICATE: files.certificate, TLS_PRIVATE_KEY: files.privateKey }
    const { primary, port } = await startCrew(t, simulator, { workers, environment })

    const client = new Client(t, port, old.ca)
    const started = await client.send('POST', '/v2/team/big/blobs/uploads/')
    assert.equal(started.status, 202, started.body)
    const patch = client.open('PATCH', String(started.headers.location))
    const answered = replyTo(patch)
    const hash = createHash('sha256')
    const swap = async (): Promise<void> => {
      assert.deepEqual(await serialsOf(t, port, old.ca), new Set([serialOf(old)]))
      await files.replace(next)
    }
    const untilServed = async (): Promise<void> => {
      await primary.logged('TLS certificate and key were read again')
      const isServed = async (): Promise<boolean> => {
        const served = await serialsOf(t, port, old.ca)
        return served.size === 1 && served.has(serialOf(next))
      }
      await untilAnswered(isServed, 'the new certificate', LONG_MS)
    }
    // The push goes on meanwhile, and waits with its last chunk for the new certificate at most.
    const steps = new Map([
      [CHUNKS / 2, swap],
      [CHUNKS - 1, untilServed],
    ])
    await pipeline(Readable.from(layer(hash, (i) => steps.get(i)?.())), patch)
    const patched = await answered
    assert.equal(patched.status, 202, patched.body)
    assert.equal(patched.headers.range, `0-${LAYER_BYTES - 1}`)
    const digest = `sha256:${hash.digest('hex')}`
    const put = await client.send('PUT', withDigest(String(patched.headers.location), digest))
    assert.equal(put.status, 201, put.body)

    assert.equal(simulator.store.blobs.get(digest)?.size, LAYER_BYTES)
    assert.equal(simulator.requests.filter(({ method }) => method === 'PATCH').length, 1)
    const [socket, ...others] = client.sockets
    assert.ok(socket instanceof TLSSocket && others.length === 0, 'the client has had one connection')
    assert.equal(socket.getPeerCertificate().serialNumber, serialOf(old))
    assert.deepEqual(await serialsOf(t, port, old.ca), new Set([serialOf(next)]))
  })
}
