// docs/request-handling.md: 1, 15
import assert from 'node:assert/strict'
import { Agent, request } from 'node:https'
import { networkInterfaces } from 'node:os'
import { test } from 'node:test'
import { replyTo } from '../simulator/client.ts'
import { digestOf } from '../simulator/store.ts'
import { makeCertificates } from '../support/certificates.ts'
import { startPair } from '../support/pair.ts'
import { RawClient } from '../support/raw-client.ts'
import { locationOf, withDigest } from '../support/registry-client.ts'
import { until } from '../support/until.ts'

const hasIpv6 = Object.values(networkInterfaces()).some((each) => each?.some(({ address }) => address === '::1'))

async function tlsEnvironment(): Promise<{ environment: NodeJS.ProcessEnv; ca: string }> {
  const { ca, cert, key } = await makeCertificates(['registry.example.com'])
  return { ca, environment: { TLS: 'on', TLS_CERTIFICATE: cert, TLS_PRIVATE_KEY: key } }
}

for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
  test(`a push over ${version}`, async (t) => {
    const { ca, environment } = await tlsEnvironment()
    const { proxy } = await startPair(t, { environment })
    const agent = new Agent({
      ca,
      keepAlive: true,
      minVersion: version,
      maxVersion: version,
      servername: 'registry.example.com',
    })
    t.after(() => agent.destroy())
    const ask = async (method: string, path: string, body?: Buffer) => {
      const outgoing = request({ host: '127.0.0.1', port: proxy.port, method, path, agent })
      outgoing.end(body)
      return replyTo(outgoing)
    }
    const layer = Buffer.alloc(3_000_000, 'layer')
    const post = await ask('POST', '/v2/team/app/blobs/uploads/')
    const patch = await ask('PATCH', locationOf(post), layer)
    assert.equal(patch.status, 202, patch.body)
    const put = await ask('PUT', withDigest(locationOf(patch), digestOf(layer)))
    assert.equal(put.status, 201, put.body)
    assert.equal((await ask('HEAD', `/v2/team/app/blobs/${digestOf(layer)}`)).headers['content-length'], '3000000')
  })
}

test('plain HTTP to the TLS listener harms nobody', async (t) => {
  const { environment } = await tlsEnvironment()
  const { proxy } = await startPair(t, { environment })
  const client = await RawClient.connect(t, proxy)
  client.write('GET /v2/ HTTP/1.1\r\nHost: x\r\n\r\n')
  await until(() => client.closed || client.rest.length > 0, 'an end')
  assert.doesNotMatch(client.rest, / 200 /)
  assert.equal(proxy.app.drain.inFlight, 0)
})

test('all addresses: IPv4 and IPv6 clients are served and told apart', { skip: !hasIpv6 }, async (t) => {
  const { proxy } = await startPair(t, { environment: { HOST: '::' } })
  for (const host of ['127.0.0.1', '::1']) {
    const client = await RawClient.connect(t, proxy, host)
    client.write('GET /v2/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
    assert.equal((await client.answer()).status, 200)
    await until(() => proxy.log.some((line) => line['client'] === host), `the line of ${host}`)
  }
})

test('no total limit on a request, none on an idle socket, and keep-alive as KEEP_ALIVE_TIMEOUT says', async (t) => {
  const { proxy } = await startPair(t, { environment: { KEEP_ALIVE_TIMEOUT: '310s' } })
  const { server } = proxy.app
  assert.equal(server.requestTimeout, 0)
  assert.equal(server.timeout, 0)
  assert.equal(server.headersTimeout, 60_000)
  assert.equal(server.keepAliveTimeout, 310_000)
})
