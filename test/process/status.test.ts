import assert from 'node:assert/strict'
import { test } from 'node:test'
import { simulatorFor } from '../simulator/client.ts'
import { send } from '../support/http-client.ts'
import { awsOf, freePort, plainHttp, ProxyProcess } from './proxy-process.ts'

test('STATUS_PORT serves health and metrics, without TLS, and not the registry API', async (t) => {
  const simulator = await simulatorFor(t)
  const [port, status] = [await freePort(), await freePort()]
  const child = new ProxyProcess(t, { ...plainHttp(port), ...awsOf(simulator), STATUS_PORT: String(status) })
  await child.logged('token obtained')
  for (const [path, body] of [
    ['/healthz', { status: 'ok' }],
    ['/readyz', { status: 'ready' }],
  ] as const) {
    for (const to of [port, status]) {
      const reply = await send({ port: to }, 'GET', path)
      assert.equal(reply.status, 200)
      assert.deepEqual(JSON.parse(reply.body), body)
    }
  }
  assert.match((await send({ port: status }, 'GET', '/metrics')).body, /^# HELP /)
  assert.equal((await send({ port }, 'GET', '/v2/')).status, 200)
  assert.equal((await send({ port: status }, 'GET', '/v2/')).status, 404)
  assert.equal((await send({ port: status }, 'GET', '/v2/team/app/manifests/v1')).status, 404)
  assert.equal(simulator.tokens.calls, 1)
})

test('without STATUS_PORT there is one listener', async (t) => {
  const port = await freePort()
  const child = new ProxyProcess(t, plainHttp(port))
  await child.logged(`listening on 127.0.0.1 port ${port}`)
  assert.equal((await send({ port }, 'GET', '/healthz')).status, 200)
  assert.equal(child.stdout.match(/"msg":"listening on/g)?.length, 1)
})
