// docs/request-handling.md: 9, 10
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { TOKEN_CALL_MS } from '../../src/limits.ts'
import { accessDenied, throttlingException } from '../simulator/fault-presets.ts'
import { send } from '../support/http-client.ts'
import { startPair, tokensSent, upstreamRequests } from '../support/pair.ts'
import { failureOf, pullImage, pushImage } from '../support/registry-client.ts'
import type { TestProxy } from '../support/proxy.ts'
import { until } from '../support/until.ts'

function tells({ log }: TestProxy, message: string): boolean {
  return log.some(({ msg }) => msg === message)
}

test('pushes and pulls go on through many half-lives of a short token, and no refusal is seen', async (t) => {
  const pair = await startPair(t, { simulator: { tokenLifetimeMs: 1000 } })
  const { simulator, proxy } = pair
  for (let round = 0; simulator.tokens.calls < 8; round++) {
    await pushImage(proxy, 'team/app', `v${round}`, [randomBytes(10_000)])
    await pullImage(pair, 'team/app', `v${round}`)
  }
  assert.ok(tokensSent(simulator).length >= 6)
  const statuses = new Set(upstreamRequests(simulator).map(({ status }) => status))
  assert.ok(!statuses.has(401) && !statuses.has(403), [...statuses].join())
})

test('50 first requests wait for one GetAuthorizationToken call', async (t) => {
  const { simulator, proxy } = await startPair(t, {
    ready: false,
    prepare: ({ faults, store }) => {
      store.createRepository('team/app')
      faults.add({ listener: 'api', action: { kind: 'delay', ms: 300 } })
    },
  })
  const replies = await Promise.all(Array.from({ length: 50 }, () => send(proxy, 'GET', '/v2/team/app/tags/list')))
  assert.ok(replies.every(({ status }) => status === 200))
  assert.equal(simulator.tokens.calls, 1)
})

for (const [what, action] of [
  ['resets connections', { kind: 'reset-before' }],
  ['denies', accessDenied()],
  ['throttles', throttlingException()],
] as const) {
  test(`an API that ${what} at start: 503 with Retry-After, /readyz says why, and recovery comes by itself`, async (t) => {
    const { simulator, proxy } = await startPair(t, {
      ready: false,
      prepare: ({ faults, store }) => {
        store.createRepository('team/app')
        faults.add({ listener: 'api', times: 10_000, action })
      },
    })
    await until(() => proxy.app.ecrTokens.lastError, 'a failed call')
    const reply = await send(proxy, 'GET', '/v2/team/app/tags/list')
    assert.equal(failureOf(reply), '503 UNAVAILABLE')
    assert.ok(Number(reply.headers['retry-after']) > 0)
    assert.doesNotMatch(reply.body, /arn:|\d{12}|127\.0\.0\.1/)
    const notReady = await send(proxy, 'GET', '/readyz')
    assert.equal(notReady.status, 503)
    assert.match(JSON.parse(notReady.body).reason, /^no valid ECR token/)
    assert.doesNotMatch(notReady.body, /arn:|\d{12}|127\.0\.0\.1/)
    assert.equal((await send(proxy, 'GET', '/healthz')).status, 200)
    assert.equal((await send(proxy, 'GET', '/v2/')).status, 200)
    assert.equal(upstreamRequests(simulator).length, 0)

    simulator.faults.clear()
    await until(() => proxy.app.ecrTokens.current, 'a token')
    assert.equal((await send(proxy, 'GET', '/v2/team/app/tags/list')).status, 200)
    assert.equal((await send(proxy, 'GET', '/readyz')).status, 200)
  })
}

test('an API that hangs: a client waits for the one bounded call, then has its 503', async (t) => {
  const soon = AbortSignal.timeout(300)
  const timeouts = t.mock.method(AbortSignal, 'timeout', () => soon)
  const { proxy } = await startPair(t, {
    ready: false,
    prepare: ({ faults }) => {
      faults.add({ listener: 'api', times: 100, action: { kind: 'stall' } })
    },
  })
  assert.equal(failureOf(await send(proxy, 'GET', '/v2/team/app/tags/list')), '503 UNAVAILABLE')
  assert.deepEqual(timeouts.mock.calls[0]?.arguments, [TOKEN_CALL_MS])
})

test('an API that goes down later: the old token serves until its real expiry, then 503, then recovery', async (t) => {
  const { simulator, proxy } = await startPair(t, { simulator: { tokenLifetimeMs: 1500 } })
  simulator.store.createRepository('team/app')
  const down = simulator.faults.add({ listener: 'api', times: 10_000, action: { kind: 'reset-before' } })
  const expiresAt = simulator.tokens.expiryOf(proxy.app.ecrTokens.current?.value ?? '')
  let served = 0
  while (proxy.app.ecrTokens.current !== undefined) {
    const reply = await send(proxy, 'GET', '/v2/team/app/tags/list')
    // One in the last milliseconds may come to the registry too late.
    if (Date.now() < expiresAt - 50) {
      assert.equal(reply.status, 200, reply.body)
      served += 1
    }
  }
  assert.ok(served > 10, `${served} served`)
  assert.ok(down.hits >= 2, 'the refresh is tried more than once before the token expires')
  assert.equal(tokensSent(simulator).length, 1)
  assert.ok(Date.now() >= expiresAt - 50)
  assert.equal(failureOf(await send(proxy, 'GET', '/v2/team/app/tags/list')), '503 UNAVAILABLE')
  assert.equal((await send(proxy, 'GET', '/readyz')).status, 503)
  await until(() => tells(proxy, 'token refresh failed; there is no valid token'), 'the log line')

  down.remove()
  await until(() => proxy.app.ecrTokens.current, 'a token')
  assert.equal((await send(proxy, 'GET', '/v2/team/app/tags/list')).status, 200)
  assert.ok(tells(proxy, 'token refresh failed; the old token still serves'))
})

test('a token lives as long as ECR says, to the millisecond, though its Date has whole seconds', async (t) => {
  const { proxy } = await startPair(t, { simulator: { tokenLifetimeMs: 60_000 } })
  const lifetimeMs = proxy.app.ecrTokens.current?.lifetimeMs ?? 0
  assert.ok(lifetimeMs > 59_000 && lifetimeMs <= 60_000, `${lifetimeMs} ms`)
})

test('on a host whose clock is an hour wrong, a token lives as long as by ECR’s clock', async (t) => {
  const behind = new Date(Date.now() - 3_600_000).toUTCString()
  const { proxy } = await startPair(t, {
    simulator: { tokenLifetimeMs: 60_000 },
    prepare: ({ faults }) => {
      faults.add({ listener: 'api', action: { kind: 'headers', set: { Date: behind } } })
    },
  })
  const lifetimeMs = proxy.app.ecrTokens.current?.lifetimeMs ?? 0
  assert.ok(Math.abs(lifetimeMs - 3_660_000) < 2000, `${lifetimeMs} ms`)
})
