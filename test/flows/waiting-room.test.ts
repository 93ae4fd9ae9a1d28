// docs/request-handling.md: 12
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Pool } from 'undici'
import { UPSTREAM_QUEUE, UPSTREAM_SHORT_CONNECTIONS } from '../../src/limits.ts'
import { send } from '../support/http-client.ts'
import { startPair } from '../support/pair.ts'
import { failureOf } from '../support/registry-client.ts'
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
  await clients.destroy()
  await Promise.all(waiting)
  await until(() => proxy.app.drain.inFlight === 0, 'nothing to be in flight')
  simulator.faults.clear()
  assert.equal(failureOf(await send(proxy, 'GET', '/v2/team/app/manifests/1')), '404 NAME_UNKNOWN')
})
