// docs/request-handling.md: 14
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { notPermitted } from '../simulator/fault-presets.ts'
import type { FaultRule } from '../simulator/faults.ts'
import { errorOf } from '../simulator/client.ts'
import { send } from '../support/http-client.ts'
import { startPair, upstreamRequests } from '../support/pair.ts'
import { failureOf } from '../support/registry-client.ts'
import { startScripted } from '../support/scripted-upstream.ts'

const UPLOADS = '/v2/team/app/blobs/uploads/'
const NOT_CREATED = { simulator: { createOnPush: false } }

test('a repository that does not exist, where ECR hangs up: 404 NAME_UNKNOWN that says what to do', async (t) => {
  const { simulator, proxy } = await startPair(t, NOT_CREATED)
  const reply = await send(proxy, 'POST', UPLOADS, { headers: { 'Content-Length': '0' } })
  assert.equal(failureOf(reply), '404 NAME_UNKNOWN')
  const { message } = errorOf(reply)
  assert.match(message, /'team\/app'/)
  assert.match(message, /create-repository/)
  assert.match(message, /repository creation template/)
  const [first, second, probe, ...more] = upstreamRequests(simulator)
  assert.equal(first?.method, 'POST')
  assert.equal(second?.method, 'POST')
  assert.notEqual(first?.connection, second?.connection)
  assert.equal(probe?.method, 'GET')
  assert.match(probe?.url ?? '', /^\/v2\/team\/app\/manifests\/ecr-reverse-proxy-probe-/)
  assert.equal(more.length, 0)
})

test('a repository that does not exist, where ECR answers: its own 404, without its account id', async (t) => {
  const { proxy } = await startPair(t, {
    simulator: { createOnPush: false, behaviour: { missingRepositoryOnPost: '404' } },
  })
  const reply = await send(proxy, 'POST', UPLOADS)
  assert.equal(failureOf(reply), '404 NAME_UNKNOWN')
  assert.match(errorOf(reply).message, /^The repository with name 'team\/app' does not exist/)
  assert.doesNotMatch(reply.body, /\d{12}/)
})

test('one connection that closes under a POST goes unnoticed', async (t) => {
  const { simulator, proxy } = await startPair(t)
  simulator.faults.add({ method: 'POST', action: { kind: 'reset-before' } })
  assert.equal((await send(proxy, 'POST', UPLOADS)).status, 202)
  assert.equal(upstreamRequests(simulator).length, 2)
})

for (const rst of [true, false]) {
  test(`a repository that exists, with ${rst ? 'resets' : 'closed connections'}: 502, never 404`, async (t) => {
    const { simulator, proxy } = await startPair(t)
    simulator.store.createRepository('team/app')
    simulator.faults.add({ method: 'POST', times: 100, action: { kind: 'reset-before', rst } })
    assert.equal(failureOf(await send(proxy, 'POST', UPLOADS)), '502 UNAVAILABLE')
    assert.deepEqual(
      upstreamRequests(simulator).map(({ method, status }) => [method, status]),
      [
        ['POST', undefined],
        ['POST', undefined],
        ['GET', 404],
      ],
    )
  })
}

const probes: [what: string, action: FaultRule['action']][] = [
  ['is not permitted', notPermitted('ecr:BatchGetImage', 'team/app')],
  ['is throttled', { kind: 'status', status: 429 }],
  ['fails', { kind: 'reset-before' }],
  ['is answered 404 without a code', { kind: 'status', status: 404, body: 'NAME_UNKNOWN' }],
]

for (const [what, action] of probes) {
  test(`nothing is known of a repository when the question for it ${what}: 502`, async (t) => {
    const { simulator, proxy } = await startPair(t, NOT_CREATED)
    simulator.faults.add({ method: 'GET', times: 100, action })
    assert.equal(failureOf(await send(proxy, 'POST', UPLOADS)), '502 UNAVAILABLE')
    assert.equal(upstreamRequests(simulator).filter(({ method }) => method === 'GET').length, 1)
  })
}

test('a POST with a body that upstream hangs up on is 502, and is not sent again', async (t) => {
  const { simulator, proxy } = await startPair(t, NOT_CREATED)
  const reply = await send(proxy, 'POST', `${UPLOADS}?digest=sha256:${'0'.repeat(64)}`, { body: 'layer' })
  assert.equal(failureOf(reply), '502 UNAVAILABLE')
  assert.equal(upstreamRequests(simulator).length, 1)
})

// A POST whose error answer broke off was taken for one that had none: it was sent again, and explained.
test('a POST whose answer breaks off is not sent again', async (t) => {
  const heads: string[] = []
  const proxy = await startScripted(t, (socket, head) => {
    heads.push(head.slice(0, head.indexOf(' ')))
    socket.end('HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"errors":[')
  })
  assert.equal(failureOf(await send(proxy, 'POST', '/v2/team/app/blobs/uploads/')), '502 UNAVAILABLE')
  assert.deepEqual(heads, ['POST'])
})
