// docs/request-handling.md: 13.3, 20
import assert from 'node:assert/strict'
import { Agent } from 'node:http'
import { test } from 'node:test'
import { rateExceeded } from '../simulator/fault-presets.ts'
import type { FaultRule } from '../simulator/faults.ts'
import { send } from '../support/http-client.ts'
import { startPair, upstreamRequests } from '../support/pair.ts'
import { failureOf, startUpload } from '../support/registry-client.ts'
import { shiftedClock } from '../support/shifted-clock.ts'
import { until } from '../support/until.ts'

// Jitter may be anything from nothing; without it the tests need not wait.
const NO_JITTER = { dependencies: { random: () => 0 } }
const TAGS = '/v2/team/app/tags/list'

const throttled: [what: string, action: FaultRule['action']][] = [
  ['429', rateExceeded()],
  ['503', { kind: 'status', status: 503, body: 'slow down' }],
]

for (const [what, action] of throttled) {
  for (const [method, path, success] of [
    ['GET', TAGS, 200],
    ['HEAD', TAGS, 200],
    ['POST', '/v2/team/app/blobs/uploads/', 202],
  ] as const) {
    test(`two answers of ${what} to ${method} are absorbed`, async (t) => {
      const { simulator, proxy } = await startPair(t, NO_JITTER)
      simulator.store.createRepository('team/app')
      simulator.faults.add({ times: 2, action })
      assert.equal((await send(proxy, method, path)).status, success)
      assert.equal(upstreamRequests(simulator).length, 3)
    })
  }

  test(`a third ${what} is passed on, as a registry error with Retry-After`, async (t) => {
    const { simulator, proxy } = await startPair(t, NO_JITTER)
    simulator.faults.add({ times: 100, action })
    const reply = await send(proxy, 'GET', TAGS)
    assert.equal(failureOf(reply), what === '429' ? '429 TOOMANYREQUESTS' : '503 UNAVAILABLE')
    assert.ok(Number(reply.headers['retry-after']) > 0)
    assert.equal(upstreamRequests(simulator).length, 3)
  })

  test(`${what} to a request with a body, or to a DELETE, is passed on after one try`, async (t) => {
    const { simulator, proxy } = await startPair(t, NO_JITTER)
    const location = await startUpload(proxy, 'team/app')
    const before = upstreamRequests(simulator).length
    simulator.faults.add({ times: 100, action })
    const replies = [
      await send(proxy, 'PATCH', location, { body: 'layer' }),
      await send(proxy, 'PUT', `${location}?digest=sha256:${'0'.repeat(64)}`, { body: 'layer' }),
      await send(proxy, 'POST', `/v2/team/app/blobs/uploads/?digest=sha256:${'0'.repeat(64)}`, { body: 'layer' }),
      await send(proxy, 'PUT', `${location}?digest=sha256:${'0'.repeat(64)}`),
      await send(proxy, 'DELETE', '/v2/team/app/manifests/v1'),
    ]
    for (const reply of replies) {
      assert.equal(reply.status, Number(what))
      assert.ok(Number(reply.headers['retry-after']) > 0)
    }
    assert.equal(upstreamRequests(simulator).length - before, replies.length)
  })
}

test('ECR’s own Retry-After is passed on as it is, and one that does not fit into 5 s is not waited for', async (t) => {
  const { simulator, proxy } = await startPair(t, NO_JITTER)
  const action = { kind: 'status', status: 429, headers: { 'Retry-After': '60' } } as const
  simulator.faults.add({ times: 100, action })
  const reply = await send(proxy, 'GET', TAGS)
  assert.equal(reply.status, 429)
  assert.equal(reply.headers['retry-after'], '60')
  assert.equal(upstreamRequests(simulator).length, 1)
})

test('an upstream that throttles everything gets at most a tenth more requests', async (t) => {
  const { simulator, proxy } = await startPair(t, NO_JITTER)
  const agent = new Agent({ keepAlive: true, maxSockets: 32 })
  t.after(() => agent.destroy())
  simulator.faults.add({ times: 10_000, action: rateExceeded() })
  const replies = await Promise.all(Array.from({ length: 300 }, () => send(proxy, 'GET', TAGS, { agent })))
  assert.ok(replies.every(({ status }) => status === 429))
  const sent = upstreamRequests(simulator).length
  // The first client of a quiet process has its two tries beside the tenth.
  assert.ok(sent > 300 && sent <= 300 + 30 + 2, `${sent} requests`)
})

// The wait for the first token was counted as time for retries, so that a GET that had waited for long got none.
test('waiting for the token takes nothing from the time for retries', async (t) => {
  const clock = shiftedClock()
  const { simulator, proxy } = await startPair(t, {
    ready: false,
    dependencies: { ...NO_JITTER.dependencies, clock },
    prepare: ({ faults }) => {
      faults.add({ listener: 'api', action: { kind: 'delay', ms: 1000 } })
    },
  })
  simulator.faults.add({ action: { kind: 'status', status: 503 } })
  const reply = send(proxy, 'GET', TAGS)
  await until(() => proxy.app.drain.inFlight === 1, 'the request to wait for the token')
  assert.equal(upstreamRequests(simulator).length, 0)
  clock.advance(6000)
  await reply
  assert.deepEqual(
    upstreamRequests(simulator).map(({ status }) => status),
    [503, 404],
  )
})
