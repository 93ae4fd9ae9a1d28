// A log line that serialises requests or errors whole tells the token, the client's password and presigned URLs, which are
// credentials for an hour, to whoever may read logs.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { accessDenied, notPermitted } from '../simulator/fault-presets.ts'
import { send } from '../support/http-client.ts'
import { assertNoSecrets, startPair, tokensSent, upstreamRequests } from '../support/pair.ts'
import { pullImage, pushImage } from '../support/registry-client.ts'

test('a run with every kind of success and failure leaves no secret in the log, at the most talkative level', async (t) => {
  const pair = await startPair(t, { environment: { LOG_LEVEL: 'trace' }, dependencies: { random: () => 0 } })
  const { simulator, proxy } = pair
  const client = { Authorization: 'Basic Y2xpZW50OmNsaWVudC1wYXNzd29yZA==', Cookie: 'session=client-cookie' }
  await pushImage(proxy, 'team/app', 'v1', [randomBytes(10_000)])
  await pullImage(pair, 'team/app', 'v1')
  await send(proxy, 'GET', '/v2/', { headers: client })
  await send(proxy, 'GET', '/v2/team/app/tags/list?password=client-query', { headers: client })
  await send(proxy, 'GET', '/v2/team/app/manifests/%zz?password=client-query', { headers: client })
  await send(proxy, 'GET', '/elsewhere?password=client-query', { headers: client })

  simulator.tokens.revokeAll()
  await send(proxy, 'GET', '/v2/team/app/tags/list', { headers: client })
  simulator.tokens.revokeAll()
  await send(proxy, 'PATCH', '/v2/team/app/blobs/uploads/1?_state=client-query', { headers: client, body: 'layer' })
  const faults = [
    { kind: 'status', status: 401, body: 'Not Authorized\n' },
    { kind: 'status', status: 401, body: 'Not Authorized\n' },
    notPermitted('ecr:BatchGetImage', 'team/app'),
    { kind: 'status', status: 500, body: '<html>' },
    { kind: 'reset-before' },
    { kind: 'reset-before', rst: true },
    { kind: 'reset-body', bytes: 5 },
    { kind: 'headers', set: { Location: `https://${simulator.registryHost}//x/?X-Amz-Signature=1` } },
  ] as const
  for (const action of faults) {
    simulator.faults.add({ action })
    await send(proxy, 'GET', '/v2/team/app/tags/list', { headers: client }).catch(() => undefined)
  }
  simulator.faults.add({ method: 'POST', action: faults[7] })
  await send(proxy, 'POST', '/v2/team/app/blobs/uploads/', { headers: client })
  simulator.faults.add({ listener: 'api', times: 3, action: accessDenied() })
  simulator.tokens.revokeAll()
  await send(proxy, 'GET', '/v2/team/app/tags/list', { headers: client })

  const log = JSON.stringify(proxy.log)
  assert.ok(proxy.log.length > 30)
  assert.ok(upstreamRequests(simulator).length > 20)
  assert.ok(tokensSent(simulator).length >= 3)
  assertNoSecrets(log, simulator)
  for (const secret of ['Y2xpZW50', 'client-password', 'client-cookie', 'client-query', 'X-Amz', 'Basic ']) {
    assert.ok(!log.includes(secret), secret)
  }
})

test('no answer tells a token, and only the redirect to a layer tells a presigned URL', async (t) => {
  const { simulator, proxy } = await startPair(t)
  const digest = await simulator.store.addBlob('team/app', 'layer')
  const told: string[] = []
  for (const [method, path] of [
    ['GET', '/v2/'],
    ['GET', '/v2/_catalog'],
    ['GET', '/v2/team/app/tags/list'],
    ['HEAD', `/v2/team/app/blobs/${digest}`],
    ['POST', '/v2/team/app/blobs/uploads/'],
    ['GET', '/readyz'],
    ['GET', '/healthz'],
    ['GET', '/nothing'],
  ] as const) {
    const { rawHeaders, body } = await send(proxy, method, path)
    told.push(...rawHeaders, body)
  }
  assertNoSecrets(told.join('\n'), simulator)
})
