// docs/request-handling.md: 11, 17
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { headerValue, requestHeaders, responseHeaders, withoutHeaders } from '../../src/registry/headers.ts'

const HOP_BY_HOP = [
  'Connection',
  'Keep-Alive',
  'Proxy-Authenticate',
  'Proxy-Authorization',
  'Proxy-Authentication-Info',
  'Proxy-Connection',
  'TE',
  'Trailer',
  'Transfer-Encoding',
  'Upgrade',
]
const FOR_THE_PROXY = [
  'Authorization',
  'Cookie',
  'Content-Length',
  'Expect',
  'Forwarded',
  'Host',
  'Via',
  'X-Forwarded-For',
  'X-Forwarded-Host',
  'X-Forwarded-Port',
  'X-Forwarded-Proto',
  'X-Real-IP',
]

for (const name of [...HOP_BY_HOP, ...FOR_THE_PROXY]) {
  test(`${name} stays with the proxy`, () => {
    for (const written of [name, name.toLowerCase(), name.toUpperCase()]) {
      assert.deepEqual(requestHeaders(['A', '1', written, 'x', 'B', '2']), ['A', '1', 'B', '2'])
    }
  })
}

for (const name of [...HOP_BY_HOP, 'WWW-Authenticate', 'X-Request-Id']) {
  test(`${name} of the upstream does not reach the client`, () => {
    for (const written of [name, name.toLowerCase(), name.toUpperCase()]) {
      assert.deepEqual(responseHeaders(['A', '1', written, 'x', 'B', '2']), ['A', '1', 'B', '2'])
    }
  })
}

test('everything else goes through in its order, its case and its number', () => {
  const request = ['accept', 'a', 'Accept', 'b', 'Range', 'bytes=0-1', 'Content-Range', '0-1', 'X', '', 'x', 'é']
  assert.deepEqual(requestHeaders(request), request)
  const response = ['Sizes', '', 'Docker-Content-Digest', 'd', 'Range', '0-1', 'content-length', '5', 'Set-Cookie', 'a']
  assert.deepEqual(responseHeaders(response), response)
})

// CVE-2026-33805: a client that listed a header of the proxy's own in Connection had it taken out.
test('headers that Connection lists go, however it is written', () => {
  const headers = [
    'connection',
    'close, X-One ,,x-TWO',
    'CONNECTION',
    'x-three',
    'X-One',
    '1',
    'x-two',
    '2',
    'X-Three',
    '3',
  ]
  assert.deepEqual(requestHeaders([...headers, 'X-Four', '4']), ['X-Four', '4'])
  assert.deepEqual(responseHeaders([...headers, 'X-Four', '4']), ['X-Four', '4'])
})

test('Connection cannot take the framing out of an answer', () => {
  const headers = ['Connection', 'content-length, host', 'Content-Length', '5', 'Host', 'x']
  assert.deepEqual(responseHeaders(headers), ['Content-Length', '5', 'Host', 'x'])
})

test('a name without a value is no header', () => {
  assert.deepEqual(requestHeaders(['A', '1', 'B']), ['A', '1'])
  assert.deepEqual(withoutHeaders(['A', '1', 'B'], new Set()), ['A', '1'])
  assert.equal(headerValue(['A', '1', 'B'], 'b'), undefined)
})

test('the first value of a header, whatever its case', () => {
  assert.equal(headerValue(['Retry-After', '1', 'retry-after', '2'], 'retry-after'), '1')
  assert.equal(headerValue(['x', 'retry-after', 'y', 'z'], 'retry-after'), undefined)
})

test('headers taken out by name', () => {
  const headers = ['ETag', '"x"', 'Content-Type', 'text/plain', 'Range', '0-1']
  assert.deepEqual(withoutHeaders(headers, new Set(['etag', 'content-type'])), ['Range', '0-1'])
})
