// docs/request-handling.md: 5, 6
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parsed, refused, SHA256, sent } from './parsing.ts'

const IN_REPOSITORY = { query: '', repository: 'team/app' }

for (const [methods, target, expected] of [
  [['GET', 'HEAD'], '/v2/', { kind: 'ping', query: '' }],
  [['GET', 'HEAD'], '/v2', { kind: 'ping', query: '' }],
  [['GET', 'HEAD'], '/v2/?x=y', { kind: 'ping', query: '' }],
  [['GET', 'HEAD'], '/v2/_catalog', { kind: 'catalog', query: '' }],
  [['GET', 'HEAD'], '/v2/team/app/manifests/v1.0', { kind: 'manifest', ...IN_REPOSITORY, reference: 'v1.0' }],
  [['PUT'], '/v2/team/app/manifests/v1', { kind: 'manifest', ...IN_REPOSITORY, reference: 'v1' }],
  [['DELETE'], `/v2/team/app/manifests/${SHA256}`, { kind: 'manifest', ...IN_REPOSITORY, reference: SHA256 }],
  [['GET', 'HEAD'], `/v2/team/app/blobs/${SHA256}`, { kind: 'blob', ...IN_REPOSITORY, reference: SHA256 }],
  [['DELETE'], `/v2/team/app/blobs/${SHA256}`, { kind: 'blob', ...IN_REPOSITORY, reference: SHA256 }],
  [['POST'], '/v2/team/app/blobs/uploads/', { kind: 'upload', ...IN_REPOSITORY, id: '' }],
  [['POST'], '/v2/team/app/blobs/uploads', { kind: 'upload', ...IN_REPOSITORY, id: '' }],
  [
    ['GET', 'PATCH', 'PUT', 'DELETE'],
    '/v2/team/app/blobs/uploads/0f1e-2d',
    { kind: 'upload', ...IN_REPOSITORY, id: '0f1e-2d' },
  ],
  [['GET', 'HEAD'], '/v2/team/app/tags/list', { kind: 'tags', ...IN_REPOSITORY }],
  [['GET', 'HEAD'], `/v2/team/app/referrers/${SHA256}`, { kind: 'referrers', ...IN_REPOSITORY, reference: SHA256 }],
] as const) {
  for (const method of methods) {
    test(`${method} ${target}`, () => assert.deepEqual(parsed(method, target), { method, ...expected }))
  }
  for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND']) {
    if (allowed(target).includes(method)) continue
    test(`${method} ${target} is no method of it`, () => refused(method, target, 405, 'UNSUPPORTED'))
  }
}

function allowed(target: string): string[] {
  if (target.includes('/manifests/')) return ['GET', 'HEAD', 'PUT', 'DELETE']
  if (target.includes('/uploads/') && !target.endsWith('/')) return ['GET', 'PATCH', 'PUT', 'DELETE']
  if (target.includes('/uploads')) return ['POST']
  return target.includes('/blobs/') ? ['GET', 'HEAD', 'DELETE'] : ['GET', 'HEAD']
}

for (const [method, target, repository] of [
  ['POST', '/v2/a/blobs/uploads/blobs/uploads/', 'a/blobs/uploads'],
  ['PUT', '/v2/a/blobs/uploads/manifests/v1', 'a/blobs/uploads'],
  ['GET', `/v2/a/manifests/b/blobs/${SHA256}`, 'a/manifests/b'],
  ['GET', '/v2/tags/tags/list', 'tags'],
  ['GET', '/v2/v2/v2/manifests/v2', 'v2/v2'],
  ['PATCH', '/v2/blobs/blobs/uploads/x', 'blobs'],
] as const) {
  test(`the endpoint is read from the end: ${target} is about ${repository}`, () => {
    const request = parsed(method, target)
    assert.equal('repository' in request && request.repository, repository)
    assert.equal(sent(method, target), target)
  })
}

test('an upload that is started without its slash is sent with it', () => {
  assert.equal(sent('POST', '/v2/a/blobs/uploads?mount=x'), '/v2/a/blobs/uploads/?mount=x')
})

test('a digest may come with its colon encoded, in either case, and goes with a plain one', () => {
  for (const encoded of [SHA256.replace(':', '%3A'), SHA256.replace(':', '%3a')]) {
    assert.equal(sent('GET', `/v2/a/blobs/${encoded}`), `/v2/a/blobs/${SHA256}`)
    assert.equal(sent('GET', `/v2/a/manifests/${encoded}`), `/v2/a/manifests/${SHA256}`)
    assert.equal(sent('GET', `/v2/a/referrers/${encoded}`), `/v2/a/referrers/${SHA256}`)
  }
})

test('the message of a 405 says what the endpoint takes', () => {
  assert.throws(() => parsed('POST', '/v2/a/manifests/b'), { message: 'this endpoint takes GET, HEAD, PUT, DELETE' })
})
