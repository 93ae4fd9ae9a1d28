import assert from 'node:assert/strict'
import { test } from 'node:test'
import { errorOf, simulatorFor } from '../simulator/client.ts'
import { accessDenied } from '../simulator/fault-presets.ts'
import type { FaultAction } from '../simulator/faults.ts'
import { send } from '../support/http-client.ts'
import { awsOf, freePort, plainHttp, ProxyProcess } from './proxy-process.ts'

for (const { what, action, reason } of [
  { what: 'AWS is unreachable', action: { kind: 'reset-before', rst: true }, reason: /ECONNRESET$/ },
  { what: 'the role may not have a token', action: accessDenied(), reason: /AccessDeniedException$/ },
  { what: 'AWS fails', action: { kind: 'status', status: 500 }, reason: /^no valid ECR token: \w+$/ },
] satisfies { what: string; action: FaultAction; reason: RegExp }[]) {
  test(`${what} at start: it serves, says why it is not ready, and recovers by itself`, async (t) => {
    const simulator = await simulatorFor(t)
    const fault = simulator.faults.add({ listener: 'api', times: 1000, action })
    const port = await freePort()
    const child = new ProxyProcess(t, { ...plainHttp(port), ...awsOf(simulator) })
    await child.logged('token refresh failed; there is no valid token')

    const pull = await send({ port }, 'GET', '/v2/team/app/manifests/v1')
    assert.equal(pull.status, 503)
    assert.equal(pull.headers['content-type'], 'application/json')
    assert.ok(Number(pull.headers['retry-after']) > 0)
    assert.equal(errorOf(pull).code, 'UNAVAILABLE')
    assert.equal((await send({ port }, 'GET', '/healthz')).status, 200)
    assert.equal((await send({ port }, 'GET', '/v2/')).status, 200)
    const notReady = await send({ port }, 'GET', '/readyz')
    assert.equal(notReady.status, 503)
    const told: { status: string; reason: string } = JSON.parse(notReady.body)
    assert.equal(told.status, 'not ready')
    assert.match(told.reason, reason)
    for (const { body } of [pull, notReady]) assert.doesNotMatch(body, /arn:|\d{12}|127\.0\.0\.1/)

    fault.remove()
    await child.logged('token obtained')
    assert.equal((await send({ port }, 'GET', '/readyz')).status, 200)
    child.signal('SIGTERM')
    const { code, stdout, stderr } = await child.ended
    assert.equal(code, 0)
    assert.equal(stderr, '')
    assert.ok(!stdout.includes(simulator.credentials.secretAccessKey))
    assert.doesNotMatch(stdout, /authorizationToken|AWS4-HMAC/)
  })
}

test('no credentials at start: it serves, and /readyz says that they are missing', async (t) => {
  const port = await freePort()
  const child = new ProxyProcess(t, plainHttp(port))
  await child.logged('token refresh failed; there is no valid token')
  const { status, body } = await send({ port }, 'GET', '/readyz')
  assert.equal(status, 503)
  assert.deepEqual(JSON.parse(body), {
    status: 'not ready',
    reason: 'no valid ECR token: CredentialsProviderError',
  })
})
