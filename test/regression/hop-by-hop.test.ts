// docs/request-handling.md: 11, 17
// reply-from passed hop-by-hop headers of either side on to the other, and took headers that a client named in its
// Connection out after it had added its own: `Connection: authorization` made the proxy drop the token (CVE-2026-33805).
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { send } from '../support/http-client.ts'
import { header, startPair, upstreamRequests } from '../support/pair.ts'
import { RawClient } from '../support/raw-client.ts'
import { startScripted } from '../support/scripted-upstream.ts'

test('no name in a client’s Connection strips what the proxy adds', async (t) => {
  const { simulator, proxy } = await startPair(t)
  simulator.store.createRepository('team/app')
  for (const connection of ['authorization', 'Authorization, Host', 'close, AUTHORIZATION', 'host, content-length']) {
    const { status } = await send(proxy, 'GET', '/v2/team/app/tags/list', { headers: { Connection: connection } })
    assert.equal(status, 200, connection)
  }
  for (const { rawHeaders } of upstreamRequests(simulator)) {
    assert.match(header(rawHeaders, 'authorization') ?? '', /^Basic ./)
    assert.equal(header(rawHeaders, 'host'), simulator.registryHost)
  }
})

test('a body keeps its length, whatever the client’s Connection lists', async (t) => {
  const { simulator, proxy } = await startPair(t)
  const client = await RawClient.connect(t, proxy)
  client.write('POST /v2/team/app/blobs/uploads/ HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n')
  const { location } = (await client.answer()).headers
  client.write(
    `PATCH ${location} HTTP/1.1\r\nHost: x\r\nConnection: keep-alive, content-length\r\nContent-Length: 5\r\n\r\nlayer`,
  )
  assert.equal((await client.answer()).headers['range'], '0-4')
  const patch = upstreamRequests(simulator).find(({ method }) => method === 'PATCH')
  assert.equal(header(patch?.rawHeaders ?? [], 'content-length'), '5')
})

test('a client’s hop-by-hop headers, and those that its Connection lists, stay here', async (t) => {
  const { simulator, proxy } = await startPair(t)
  const client = await RawClient.connect(t, proxy)
  client.write(
    [
      'GET /v2/team/app/tags/list HTTP/1.1',
      'Host: registry.example.com',
      'Connection: keep-alive, X-Secret',
      'connection: x-other',
      'Keep-Alive: timeout=5',
      'Proxy-Authorization: Basic cHJveHk6cHJveHk=',
      'Proxy-Connection: keep-alive',
      'TE: trailers',
      'Trailer: X-Checksum',
      'X-Secret: 1',
      'X-Other: 2',
      'X-Kept: 3',
      'Authorization: Basic Y2xpZW50OmNsaWVudA==',
      'Cookie: a=b',
      'Forwarded: for=1.2.3.4',
      'X-Forwarded-For: 1.2.3.4',
      '\r\n',
    ].join('\r\n'),
  )
  await client.answer()
  const names = namesOf(upstreamRequests(simulator)[0]?.rawHeaders ?? [])
  assert.deepEqual(
    names.filter((name) => name !== 'connection'),
    ['authorization', 'host', 'x-kept'],
  )
  assert.equal(header(upstreamRequests(simulator)[0]?.rawHeaders ?? [], 'connection'), 'keep-alive')
})

test('upstream’s hop-by-hop headers, those that its Connection lists, and its challenge stay there', async (t) => {
  const proxy = await startScripted(t, (socket) =>
    socket.write(
      [
        'HTTP/1.1 200 OK',
        'Connection: keep-alive, X-Secret',
        'Keep-Alive: timeout=1, max=2',
        'Proxy-Authenticate: Basic',
        'Trailer: X-Checksum',
        'Upgrade: h2c',
        'WWW-Authenticate: Basic realm="https://123456789012.dkr.ecr.us-east-1.amazonaws.com/"',
        'X-Request-Id: upstream-id',
        'X-Secret: 1',
        'X-Kept: 2',
        'Content-Length: 2',
        '',
        '{}',
      ].join('\r\n'),
    ),
  )
  const { status, rawHeaders } = await send(proxy, 'GET', '/v2/team/app/tags/list', {
    headers: { Connection: 'keep-alive', 'X-Request-Id': 'mine' },
  })
  assert.equal(status, 200)
  const names = namesOf(rawHeaders)
  assert.deepEqual(
    names.filter((name) => !['date', 'connection', 'keep-alive'].includes(name)),
    ['content-length', 'x-kept', 'x-request-id'],
  )
  assert.equal(header(rawHeaders, 'x-request-id'), 'mine')
  // Node's own, which speak of the client's connection.
  assert.equal(header(rawHeaders, 'connection'), 'keep-alive')
  assert.equal(header(rawHeaders, 'keep-alive'), 'timeout=75')
})

function namesOf(rawHeaders: readonly string[]): string[] {
  return rawHeaders
    .filter((_, i) => i % 2 === 0)
    .map((name) => name.toLowerCase())
    .toSorted((a, b) => a.localeCompare(b))
}
