// docs/request-handling.md: 11
// curl, .NET and Java send `Expect: 100-continue` with an upload; undici refuses to pass it on ("expect header not
// supported"), and the client got a 500.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { header, startPair, upstreamRequests } from '../support/pair.ts'
import { RawClient } from '../support/raw-client.ts'
import { startUpload } from '../support/registry-client.ts'

test('a client that waits for 100 Continue gets it, and its upload passes', async (t) => {
  const { simulator, proxy } = await startPair(t)
  const location = await startUpload(proxy, 'team/app')
  const client = await RawClient.connect(t, proxy)
  client.write(`PATCH ${location} HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n`)
  assert.equal((await client.answer()).status, 100)
  client.write('layer')
  const { status, headers } = await client.answer('PATCH')
  assert.equal(status, 202)
  assert.equal(headers['range'], '0-4')
  const patch = upstreamRequests(simulator).find(({ method }) => method === 'PATCH')
  assert.equal(header(patch?.rawHeaders ?? [], 'expect'), undefined)
  assert.equal(patch?.bodyBytes, 5)
})
