// docs/request-handling.md: 12
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Pool } from 'undici'
import { UPSTREAM_QUEUE, UPSTREAM_SHORT_CONNECTIONS } from '../../src/limits.ts'
import { send } from '../support/http-client.ts'
import { startPair, upstreamRequests } from '../support/pair.ts'
import { failureOf } from '../support/registry-client.ts'
import { simulatorConnector } from '../support/simulator-connector.ts'
import { until } from '../support/until.ts'

test('an upstream that hangs fills a bounded room; the next request is 503 at once, and room is made again', async (t) => {
  const { simulator, proxy } = await startPair(t, { environment: { MAX_IN_FLIGHT: 'off' } })
  simulator.faults.add({ method: 'GET', times: Number.POSITIVE_INFINITY, action: { kind: 'stall' } })
  const room = UPSTREAM_SHORT_CONNECTIONS + UPSTREAM_QUEUE
  const clients = new Pool(proxy.origin, { connections: room })
  const waiting = Array.from({ length: room }, () =>
    clients.request({ method: 'GET', path: '/v2/team/app/manifests/1' }).catch(() => undefined),
  )
  await until(() => proxy.app.drain.inFlight === room, 'every request to be in flight')
  const refused = await send(proxy, 'GET', '/v2/team/app/manifests/1')
  assert.equal(failureOf(refused), '503 UNAVAILABLE')
  assert.ok(Number(refused.headers['retry-after']) > 0)
  await until(() => proxy.app.metrics.snapshot().totals.shedRequests === 1, 'it to count as shed')
  await clients.destroy()
  await Promise.all(waiting)
  await until(() => proxy.app.drain.inFlight === 0, 'nothing to be in flight')
  simulator.faults.clear()
  assert.equal(failureOf(await send(proxy, 'GET', '/v2/team/app/manifests/1')), '404 NAME_UNKNOWN')
})

// undici cannot take a request out of its queue: one whose client had left closed a good connection when its turn came.
test('clients that leave while they wait take no connection with them', async (t) => {
  const held: (() => void)[] = []
  const { simulator, proxy } = await startPair(t, {
    prepare: (simulator) => {
      const connect = simulatorConnector(simulator)
      return { connector: (options, callback) => held.push(() => connect(options, callback)) }
    },
  })
  const [staying, leaving] = [new Pool(proxy.origin), new Pool(proxy.origin)]
  t.after(() => staying.destroy())
  const ask = (pool: Pool): Promise<unknown> => pool.request({ method: 'GET', path: '/v2/team/app/manifests/1' })
  const all = (pool: Pool, count: number): Promise<unknown>[] => Array.from({ length: count }, async () => ask(pool))
  const first = all(staying, UPSTREAM_SHORT_CONNECTIONS)
  await until(() => held.length === UPSTREAM_SHORT_CONNECTIONS, 'every connection to be made')
  const left = Promise.allSettled(all(leaving, 40))
  await until(() => proxy.app.forwarder.poolNumbers().waiting === UPSTREAM_SHORT_CONNECTIONS + 40, 'the rest to wait')
  await leaving.destroy()
  await left
  await until(() => proxy.app.drain.inFlight === UPSTREAM_SHORT_CONNECTIONS, 'those who leave to be gone')
  assert.equal(proxy.app.forwarder.poolNumbers().waiting, UPSTREAM_SHORT_CONNECTIONS)
  for (const connect of held) connect()
  await Promise.all(first)
  await Promise.all(all(staying, UPSTREAM_SHORT_CONNECTIONS))
  assert.equal(held.length, UPSTREAM_SHORT_CONNECTIONS)
  assert.equal(upstreamRequests(simulator).length, 2 * UPSTREAM_SHORT_CONNECTIONS)
})

// Of all failures of a connection, undici's pool forgets what waits in it after this one alone: it hung without a time limit.
test('all who wait hear of an upstream whose certificate is of another name', async (t) => {
  const refusal = Object.assign(new Error('certificate of another name'), { code: 'ERR_TLS_CERT_ALTNAME_INVALID' })
  const held: (() => void)[] = []
  const { proxy } = await startPair(t, {
    dependencies: { connector: (_options, callback) => held.push(() => callback(refusal, null)) },
  })
  const clients = UPSTREAM_SHORT_CONNECTIONS + 40
  let answered = 0
  const replies = Array.from({ length: clients }, async () => {
    const reply = await send(proxy, 'GET', '/v2/team/app/tags/list')
    answered += 1
    return reply
  })
  await until(() => proxy.app.drain.inFlight === clients, 'every request')
  await until(() => {
    for (const refuse of held.splice(0)) refuse()
    return answered === clients
  }, 'every answer')
  for (const reply of await Promise.all(replies)) assert.equal(failureOf(reply), '502 UNAVAILABLE')
})
