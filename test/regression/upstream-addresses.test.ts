// docs/request-handling.md: 15
// A connection that failed was answered 500 in Fastify's JSON, with the upstream's address and the error's code in its
// message; clients printed both, and none could tell it from a fault of the registry.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { send } from '../support/http-client.ts'
import { startPair } from '../support/pair.ts'
import { failureOf } from '../support/registry-client.ts'
import { simulatorConnector } from '../support/simulator-connector.ts'

test('a failed connection is 502 as a registry error; address and code are in the log alone', async (t) => {
  const { proxy } = await startPair(t, {
    // Nothing listens on port 1.
    prepare: ({ ca }) => ({ connector: simulatorConnector({ registryPort: 1, ca }) }),
  })
  const reply = await send(proxy, 'GET', '/v2/team/app/tags/list')
  assert.equal(failureOf(reply), '502 UNAVAILABLE')
  assert.doesNotMatch(reply.body, /127\.0\.0\.1|ECONNREFUSED|amazonaws|statusCode/)
  assert.match(JSON.stringify(proxy.log), /ECONNREFUSED/)
})

test('a failure inside the proxy is 500 as a registry error, without its text', async (t) => {
  const { proxy } = await startPair(t)
  t.mock.method(proxy.app.forwarder, 'forward', async () => {
    throw new Error('secret detail of /etc/passwd')
  })
  const reply = await send(proxy, 'GET', '/v2/team/app/tags/list')
  assert.equal(failureOf(reply), '500 UNKNOWN')
  assert.doesNotMatch(reply.body, /secret detail|at .*\.js/)
  assert.match(JSON.stringify(proxy.log), /secret detail/)
})
