// docs/request-handling.md: 13
// An answer without a body may say how long what it stands for is (RFC 9110, section 8.6). undici misses these bytes, and the
// client's connection was cut in place of its 304.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { send } from '../support/http-client.ts'
import { startScripted } from '../support/scripted-upstream.ts'

for (const status of [304, 204]) {
  test(`a ${status} with a Content-Length comes as it is`, async (t) => {
    const proxy = await startScripted(t, (socket) => {
      socket.write(`HTTP/1.1 ${status} X\r\nContent-Length: 1234\r\nETag: "v1"\r\n\r\n`)
    })
    const path = '/v2/team/app/manifests/v1'
    const { status: answered, headers, body } = await send(proxy, 'GET', path, { headers: { 'If-None-Match': '"v1"' } })
    assert.equal(answered, status)
    assert.equal(headers.etag, '"v1"')
    assert.equal(body, '')
    assert.equal(proxy.app.metrics.snapshot().totals.upstreamErrors, 0)
  })
}

test('a body that is shorter than its length is still cut', async (t) => {
  const proxy = await startScripted(t, (socket) => {
    socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\nbut', () => socket.end())
  })
  await assert.rejects(send(proxy, 'GET', '/v2/team/app/manifests/v1'), { code: 'ECONNRESET' })
})
