// docs/request-handling.md: 3, 5, 6
// A proxy that forwards the path as it came lets `//a//`, `%2F`, `%2e%2e` and `..` through (reply-from GHSA-2q7r-29rg-6m5h
// and GHSA-qmw8-3v4g-gwj4): what was checked here is another repository, or no registry path at all, at the upstream.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { send } from '../support/http-client.ts'
import { startPair, upstreamRequests } from '../support/pair.ts'
import { RawClient } from '../support/raw-client.ts'
import { failureOf } from '../support/registry-client.ts'

const escapes: [path: string, expected: string][] = [
  ['/v2//a//manifests/v1', '400 NAME_INVALID'],
  ['//v2/a/manifests/v1', '404 NAME_INVALID'],
  ['/v2/a//b/manifests/v1', '400 NAME_INVALID'],
  ['/v2/a%2Fb/manifests/v1', '400 NAME_INVALID'],
  ['/v2/a%2fb/manifests/v1', '400 NAME_INVALID'],
  ['/v2/%61/manifests/v1', '400 NAME_INVALID'],
  ['/v2/a/../b/manifests/v1', '400 NAME_INVALID'],
  ['/v2/../v2/a/manifests/v1', '400 NAME_INVALID'],
  ['/v2/a/%2e%2e/b/manifests/v1', '400 NAME_INVALID'],
  ['/v2/a/.%2E/b/tags/list', '400 NAME_INVALID'],
  ['/v2/a/./b/tags/list', '400 NAME_INVALID'],
  ['/v2/a\\b/tags/list', '400 NAME_INVALID'],
  ['/v2/a;b/tags/list', '400 NAME_INVALID'],
  ['/v2/A/tags/list', '400 NAME_INVALID'],
  ['/v2/a%00/tags/list', '400 NAME_INVALID'],
  ['/v2/a/manifests/..', '404 MANIFEST_UNKNOWN'],
  ['/v2/a/manifests/%2e%2e', '404 MANIFEST_UNKNOWN'],
  ['/v2/a/manifests/..%2f..%2fb', '404 MANIFEST_UNKNOWN'],
  ['/v2/a/manifests/v1%2f..%2fv2', '404 MANIFEST_UNKNOWN'],
  ['/v2/a/manifests/', '404 MANIFEST_UNKNOWN'],
  ['/v2/a/blobs/..', '400 DIGEST_INVALID'],
  ['/v2/a/blobs/sha256:../../b', '404 NAME_INVALID'],
  ['/v2/a/blobs/uploads/..', '404 BLOB_UPLOAD_UNKNOWN'],
  ['/v2/a/blobs/uploads/%2e%2e', '404 BLOB_UPLOAD_UNKNOWN'],
  ['/v2/a/blobs/uploads/%252e%252e', '404 BLOB_UPLOAD_UNKNOWN'],
  ['/v2/a/blobs/uploads/x%2f..%2fy', '404 BLOB_UPLOAD_UNKNOWN'],
  ['/v2/a/blobs/uploads/x%5c..', '404 BLOB_UPLOAD_UNKNOWN'],
  ['/v2/a/blobs/uploads/x%0d%0ay', '404 BLOB_UPLOAD_UNKNOWN'],
  ['/v2/a/blobs/uploads/../../../b/manifests/v1', '400 NAME_INVALID'],
  ['/v2/_catalog/../a/tags/list', '400 NAME_INVALID'],
  ['/v2/..', '404 NAME_INVALID'],
  ['/v2/a', '404 NAME_INVALID'],
  ['/v1/search', '404 NAME_INVALID'],
  ['/', '404 NAME_INVALID'],
  ['/v2x/a/tags/list', '404 NAME_INVALID'],
  ['/V2/a/tags/list', '404 NAME_INVALID'],
  ['/v2/a/manifests/%zz', '400 NAME_INVALID'],
  ['/v2/%', '400 NAME_INVALID'],
]

test('no path escapes: each is a registry error, and none reaches the upstream', async (t) => {
  const { simulator, proxy } = await startPair(t)
  for (const [path, expected] of escapes) {
    assert.equal(failureOf(await send(proxy, 'GET', path)), expected, path)
  }
  assert.equal(upstreamRequests(simulator).length, 0)
})

test('a request-target of another form leads nowhere else', async (t) => {
  const { simulator, proxy } = await startPair(t)
  for (const target of [
    'http://evil.example/v2/a/tags/list',
    'https://evil.example/v2/a/tags/list',
    'http://evil.example/',
    '*',
    '?/v2/a/tags/list',
    'v2/a/tags/list',
  ]) {
    const client = await RawClient.connect(t, proxy)
    client.write(`GET ${target} HTTP/1.1\r\nHost: registry.example.com\r\nConnection: close\r\n\r\n`)
    const { status, body } = await client.answer()
    assert.ok(status === 400 || status === 404, `${target}: ${status}`)
    assert.ok(JSON.parse(body).errors.length === 1)
  }
  assert.equal(upstreamRequests(simulator).length, 0)
})

test('a Host header bends nothing: not where a request goes, not where an answer points', async (t) => {
  const { simulator, proxy } = await startPair(t)
  const post = await send(proxy, 'POST', '/v2/team/app/blobs/uploads/', {
    headers: { Host: 'evil.example', 'X-Forwarded-Host': 'evil.example', 'X-Forwarded-Proto': 'gopher' },
  })
  assert.match(post.headers.location ?? '', /^\/v2\/team\/app\/blobs\/uploads\//)
  assert.equal(upstreamRequests(simulator).length, 1)
})

test('methods that an endpoint does not have are 405, wherever they come', async (t) => {
  const { simulator, proxy } = await startPair(t)
  const digest = `sha256:${'0'.repeat(64)}`
  const wrong: [method: string, path: string][] = [
    ['POST', '/v2/'],
    ['PUT', '/v2/'],
    ['DELETE', '/v2'],
    ['PATCH', '/v2/'],
    ['OPTIONS', '/v2/'],
    ['OPTIONS', '/v2/a/tags/list'],
    ['TRACE', '/v2/a/tags/list'],
    ['PROPFIND', '/v2/a/tags/list'],
    ['POST', '/v2/_catalog'],
    ['DELETE', '/v2/a/tags/list'],
    ['POST', '/v2/a/manifests/v1'],
    ['PATCH', '/v2/a/manifests/v1'],
    ['PUT', `/v2/a/blobs/${digest}`],
    ['PUT', `/v2/a/referrers/${digest}`],
    ['POST', '/v2/a/blobs/uploads/1'],
    ['GET', '/v2/a/blobs/uploads/'],
    ['PUT', '/v2/a/blobs/uploads/'],
    ['HEAD', '/v2/a/blobs/uploads/1'],
  ]
  for (const [method, path] of wrong) {
    const reply = await send(proxy, method, path)
    assert.equal(reply.status, 405, `${method} ${path}`)
    // RFC 9110 section 15.5.6 wants it.
    assert.match(String(reply.headers.allow), /^[A-Z]+(?:, [A-Z]+)*$/, `${method} ${path}`)
    if (method !== 'HEAD') assert.equal(failureOf(reply), '405 UNSUPPORTED', `${method} ${path}`)
  }
  assert.equal(upstreamRequests(simulator).length, 0)
})
