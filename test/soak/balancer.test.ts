import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:https'
import { test, type TestContext } from 'node:test'
import { makeCertificates } from '../support/certificates.ts'
import { untilAnswered } from '../support/until.ts'
import { Balancer } from './balancer.ts'
import { type Endpoint, exchange } from './client.ts'

/** A server that says its name, and whether it is ready. */
async function backend(t: TestContext, name: string): Promise<{ endpoint: Endpoint; ready: boolean }> {
  const { ca, cert, key } = await makeCertificates(['localhost'])
  const server = createServer({ cert, key }, (request, response) => {
    response.statusCode = request.url === '/readyz' && !it.ready ? 503 : 200
    response.end(name)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const it = { endpoint: { host: '127.0.0.1', port, servername: 'localhost', ca }, ready: true }
  return it
}

test('new connections go round, leave out who is not ready, and come back to it', async (t) => {
  const [one, other] = [await backend(t, 'one'), await backend(t, 'other')]
  const balancer = await Balancer.open()
  t.after(() => balancer.close())
  balancer.add(one.endpoint)
  balancer.add(other.endpoint)
  const to = { ...one.endpoint, port: balancer.port }
  const answers = async (): Promise<string> => {
    const names: string[] = []
    for (let i = 0; i < 4; i += 1) names.push((await exchange(to, { options: { path: '/' } })).body.toString())
    return names.toSorted().join(' ')
  }
  assert.equal(await answers(), 'one one other other')
  one.ready = false
  await untilAnswered(async () => (await answers()) === 'other other other other', 'the other alone')
  one.ready = true
  await untilAnswered(async () => (await answers()) === 'one one other other', 'both again')
  balancer.remove(other.endpoint)
  assert.equal(await answers(), 'one one one one')
})
