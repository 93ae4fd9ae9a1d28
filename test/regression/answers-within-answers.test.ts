// docs/request-handling.md: 1, 19
// What is wrong with a request was answered wherever the connection stood: within a manifest that was on its way, whose missing
// bytes the text of the 400 made up for, and as a second answer to a request that had been refused early.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startPair } from '../support/pair.ts'
import { RawClient } from '../support/raw-client.ts'
import { imageManifest, MANIFEST_TYPE } from '../support/registry-client.ts'
import { digestOf } from '../simulator/store.ts'
import { until } from '../support/until.ts'

const CONTENT = imageManifest(digestOf('{}'), [])

test('an answer that is on its way ends with its connection when something malformed follows its request', async (t) => {
  const { simulator, proxy } = await startPair(t)
  simulator.store.addManifest('team/app', CONTENT, MANIFEST_TYPE, 'v1')
  simulator.faults.add({ action: { kind: 'stall-body', bytes: 10 } })
  const client = await RawClient.connect(t, proxy)
  client.write('GET /v2/team/app/manifests/v1 HTTP/1.1\r\nHost: x\r\n\r\n')
  await until(() => client.rest.endsWith(CONTENT.slice(0, 10)), 'the first bytes')
  client.write('no request\r\n\r\n')
  await until(() => client.closed, 'the end of the connection')
  assert.ok(client.rest.endsWith(CONTENT.slice(0, 10)), client.rest)
})

test('a request that was refused early has no second answer when its body is malformed', async (t) => {
  const { proxy } = await startPair(t)
  const client = await RawClient.connect(t, proxy)
  client.write('PATCH /v2/Team/blobs/uploads/1 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nlayer\r\n')
  assert.equal((await client.answer()).status, 400)
  client.write('no chunk\r\n')
  await until(() => client.closed, 'the end of the connection')
  assert.equal(client.rest, '')
})

test('a malformed request behind answers that have ended is answered', async (t) => {
  const { proxy } = await startPair(t)
  const client = await RawClient.connect(t, proxy)
  client.write('GET /v2/ HTTP/1.1\r\nHost: x\r\n\r\n')
  assert.equal((await client.answer()).status, 200)
  client.write('no request\r\n\r\n')
  const { status, body } = await client.answer()
  assert.equal(status, 400)
  assert.match(body, /malformed/)
  await until(() => client.closed, 'the end of the connection')
})
