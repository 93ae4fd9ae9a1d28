// docs/request-handling.md: 15
// reply-from does not verify the upstream's certificate unless told to (`tls.rejectUnauthorized || false`): whoever could
// answer for the upstream's name got the token. NODE_TLS_REJECT_UNAUTHORIZED=0, set for something else, does the same.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import process from 'node:process'
import { type TestContext, test } from 'node:test'
import { createServer } from 'node:tls'
import { buildApp } from '../../src/app.ts'
import { loadConfig } from '../../src/config/load.ts'
import { startSimulator } from '../simulator/simulator.ts'
import { makeCertificates } from '../support/certificates.ts'
import { send } from '../support/http-client.ts'
import { redirectTls } from '../support/redirected-tls.ts'
import { failureOf } from '../support/registry-client.ts'
import { simulatorEcrClient } from '../support/simulator-ecr-client.ts'

interface Trial {
  /** The name on the certificate of whoever answers for the upstream. */
  name: string
  trusted: boolean
}

/** The app as it runs in production, with its own connector; tells how it answers, and every byte that was sent to the other side. */
async function trial(t: TestContext, { name, trusted }: Trial) {
  const simulator = await startSimulator()
  t.after(() => simulator.close())
  const { ca, cert, key } = await makeCertificates([name])
  let received = ''
  const server = createServer({ cert, key }, (socket) => {
    socket.on('error', () => undefined)
    socket.on('data', (bytes: Buffer) => {
      received += bytes.toString('latin1')
      socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}')
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  const port = portOf(server)
  redirectTls(t, trusted ? { port, ca } : { port })

  const config = loadConfig({ ECR_REGISTRY: simulator.registryHost, REGISTRY: 'localhost', TLS: 'off' })
  const app = await buildApp(config, {
    makeEcrClient: () => simulatorEcrClient(simulator, config.upstream.region),
    logStream: { write: () => undefined },
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
  t.after(() => app.close())
  await app.ecrTokens.acquire()
  const own = { port: portOf(app.server) }
  const replies = [
    await send(own, 'GET', '/v2/team/app/tags/list'),
    await send(own, 'PATCH', '/v2/team/app/blobs/uploads/1', { body: 'layer' }),
    await send(own, 'PUT', '/v2/team/app/manifests/v1', { body: '{}' }),
  ]
  return { replies, received: () => received }
}

function portOf(server: { address(): AddressInfo | string | null }): number {
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

const HOST = '123456789012.dkr.ecr.us-east-1.amazonaws.com'

const refused: [what: string, trial: Trial][] = [
  ['an unknown authority', { name: HOST, trusted: false }],
  ['another name', { name: '999999999999.dkr.ecr.us-east-1.amazonaws.com', trusted: true }],
  ['an address alone', { name: '127.0.0.1', trusted: true }],
]

for (const setting of [undefined, '0']) {
  const where = setting === undefined ? '' : ', with NODE_TLS_REJECT_UNAUTHORIZED=0'
  for (const [what, options] of refused) {
    test(`a certificate of ${what} is refused with 502, and nothing is sent${where}`, async (t) => {
      if (setting !== undefined) process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = setting
      t.after(() => delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'])
      const { replies, received } = await trial(t, options)
      for (const reply of replies) assert.equal(failureOf(reply), '502 UNAVAILABLE')
      assert.equal(received(), '')
    })
  }
}

test('a certificate of the right name and a trusted authority is taken, and the token goes there', async (t) => {
  const { replies, received } = await trial(t, { name: HOST, trusted: true })
  for (const { status } of replies) assert.equal(status, 200)
  assert.ok(received().includes('Authorization: Basic '))
  assert.ok(received().includes(`host: ${HOST}\r\n`))
})
