// docs/request-handling.md: 13.2
import assert from 'node:assert/strict'
import { Agent } from 'node:http'
import { test } from 'node:test'
import { digestOf } from '../simulator/store.ts'
import { send } from '../support/http-client.ts'
import { startPair, tokensSent, upstreamRequests } from '../support/pair.ts'
import { imageManifest, MANIFEST_TYPE } from '../support/registry-client.ts'
import { shiftedClock } from '../support/shifted-clock.ts'

const BLOB = digestOf('{}')
const MANIFEST = imageManifest(BLOB, [BLOB])
const MINUTE = 60_000
const FORBIDDEN = { kind: 'status', status: 403 } as const

test('a HEAD’s 403 says nothing of a young token: it passes as a denial, and no call is made', async (t) => {
  const { simulator, proxy } = await startPair(t)
  simulator.faults.add({ method: 'HEAD', times: 10, action: FORBIDDEN })
  for (let i = 0; i < 10; i++) {
    const reply = await send(proxy, 'HEAD', '/v2/team/app/manifests/v1')
    assert.equal(reply.status, 403)
    assert.equal(reply.headers['www-authenticate'], undefined)
  }
  assert.equal(upstreamRequests(simulator).length, 10)
  assert.equal(simulator.tokens.calls, 1)
})

test('50 HEADs at once with a token that has really expired all succeed, with one call', async (t) => {
  const clock = shiftedClock()
  const { simulator, proxy } = await startPair(t, { dependencies: { clock } })
  simulator.store.addManifest('team/app', MANIFEST, MANIFEST_TYPE, 'v1')
  simulator.tokens.revokeAll()
  clock.advance(MINUTE + 1)
  simulator.faults.add({ listener: 'api', action: { kind: 'delay', ms: 200 } })
  const replies = await Promise.all(Array.from({ length: 50 }, () => send(proxy, 'HEAD', '/v2/team/app/manifests/v1')))
  assert.deepEqual([...new Set(replies.map(({ status }) => status))], [200])
  assert.equal(simulator.tokens.calls, 2)
  assert.equal(tokensSent(simulator).length, 2)
})

test('a HEAD answered 401 needs no doubt: the token is renewed at once', async (t) => {
  const { simulator, proxy } = await startPair(t, { simulator: { behaviour: { expiredToken: 401 } } })
  simulator.store.addManifest('team/app', MANIFEST, MANIFEST_TYPE, 'v1')
  simulator.tokens.revokeAll()
  assert.equal((await send(proxy, 'HEAD', '/v2/team/app/manifests/v1')).status, 200)
})

test('1,000 forbidden HEADs with the token API down cause at most one call, and GETs go on', async (t) => {
  const clock = shiftedClock()
  const { simulator, proxy } = await startPair(t, { dependencies: { clock } })
  simulator.store.addManifest('team/app', MANIFEST, MANIFEST_TYPE, 'v1')
  const agent = new Agent({ keepAlive: true, maxSockets: 32 })
  t.after(() => agent.destroy())
  simulator.faults.add({ method: 'HEAD', times: 2000, action: FORBIDDEN })
  const down = simulator.faults.add({ listener: 'api', times: 2000, action: { kind: 'reset-before' } })
  clock.advance(2 * MINUTE)
  const replies = await Promise.all(
    Array.from({ length: 1000 }, (_, i) =>
      i % 10 === 0
        ? Promise.all([send(proxy, 'HEAD', '/v2/x/y/manifests/v1', { agent }), get()])
        : send(proxy, 'HEAD', '/v2/x/y/manifests/v1', { agent }),
    ),
  )
  async function get() {
    const reply = await send(proxy, 'GET', '/v2/team/app/manifests/v1', { agent })
    assert.equal(reply.status, 200, reply.body)
    return reply
  }
  assert.ok(replies.flat().every(({ status }) => status === 403 || status === 200))
  assert.equal(replies.flat().filter(({ status }) => status === 403).length, 1000)
  assert.ok(down.hits <= 1, `${down.hits} calls`)
  assert.equal((await send(proxy, 'GET', '/readyz')).status, 200)
})

test('a doubtful 403 is looked into once a minute', async (t) => {
  const clock = shiftedClock()
  const { simulator, proxy } = await startPair(t, { dependencies: { clock } })
  simulator.faults.add({ method: 'HEAD', times: 100, action: FORBIDDEN })
  const calls: number[] = []
  for (const ahead of [MINUTE + 1, 1000, 30_000, MINUTE, 1000, MINUTE]) {
    clock.advance(ahead)
    assert.equal((await send(proxy, 'HEAD', '/v2/team/app/manifests/v1')).status, 403)
    calls.push(simulator.tokens.calls)
  }
  // The third minute has passed since the second call, whose token is then old enough.
  assert.deepEqual(calls, [2, 2, 2, 3, 3, 4])
})
