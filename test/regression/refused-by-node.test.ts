// docs/request-handling.md: 2, 22
// Node refuses some requests by itself, before anybody is told: no id, no registry error, and nothing in the log, so that whoever
// wrote the probe of a load balancer by hand had nothing to go by.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startPair } from '../support/pair.ts'
import { RawClient } from '../support/raw-client.ts'
import { until } from '../support/until.ts'

test('HTTP/1.1 without a Host is a registry error with an id and a line in the log', async (t) => {
  const { proxy } = await startPair(t)
  for (const path of ['/v2/', '/healthz', '/nothing']) {
    const client = await RawClient.connect(t, proxy)
    client.write(`GET ${path} HTTP/1.1\r\n\r\n`)
    const { status, headers, body } = await client.answer()
    assert.equal(status, 400, path)
    assert.match(body, /^\{"errors":\[\{"code":"UNSUPPORTED","message":"the request has no Host"/)
    assert.ok(headers['x-request-id'])
  }
  const line = await until(() => proxy.log.find(({ msg, status }) => msg === 'request' && status === 400), 'the line')
  assert.equal(line['client'], '127.0.0.1')
})

test('HTTP/1.0 has none', async (t) => {
  const { proxy } = await startPair(t)
  const client = await RawClient.connect(t, proxy)
  client.write('GET /v2/ HTTP/1.0\r\n\r\n')
  assert.equal((await client.answer()).status, 200)
})

test('an expectation that nobody knows is no reason to refuse', async (t) => {
  const { proxy } = await startPair(t)
  const client = await RawClient.connect(t, proxy)
  client.write('GET /v2/ HTTP/1.1\r\nHost: x\r\nExpect: the-best\r\n\r\n')
  assert.equal((await client.answer()).status, 200)
})
