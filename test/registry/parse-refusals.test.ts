// docs/request-handling.md: 5
import { test } from 'node:test'
import { refused, SHA256, UPLOAD } from './parsing.ts'

for (const target of [
  '/v2/Team/app/manifests/v1',
  '/v2/team%2Fapp/manifests/v1',
  '/v2/te%61m/manifests/v1',
  '/v2/team//app/manifests/v1',
  '/v2//manifests/v1',
  '/v2/manifests/v1',
  '/v2/tags/list',
  `/v2/blobs/${SHA256}`,
  `/v2/referrers/${SHA256}`,
  '/v2/../../manifests/v1',
  '/v2/a/../b/manifests/v1',
  '/v2/a/./b/manifests/v1',
  '/v2/a/%2e%2e/b/manifests/v1',
  '/v2/a\\b/manifests/v1',
  '/v2/a;b/manifests/v1',
  '/v2/a#b/manifests/v1',
  '/v2/é/tags/list',
  '/v2/-/tags/list',
  `/v2/${'a'.repeat(257)}/tags/list`,
]) {
  test(`GET ${target.slice(0, 60)}: NAME_INVALID`, () => refused('GET', target, 400, 'NAME_INVALID'))
}

for (const target of ['/v2/blobs/uploads/', '/v2/A/blobs/uploads/', '/v2/A/blobs/uploads', '/v2/../blobs/uploads/']) {
  test(`POST ${target}: NAME_INVALID`, () => refused('POST', target, 400, 'NAME_INVALID'))
}

for (const target of [
  '',
  '/',
  '/v1/',
  '/v20/',
  '/V2/',
  'v2/',
  '//v2/',
  '/v2x',
  '/%762/',
  'http://evil.example/v2/',
  '/v2%2Fa/tags/list',
  '/v2/a',
  '/v2/_catalog/',
  '/v2/_catalogue',
  '/v2/a/tags',
  '/v2/a/tags/lists',
  '/v2/a/tags/list/',
  '/v2/a/blob/x',
  '/v2/a/uploads/x',
  '/v2/a/b/uploads/x',
  '/v2/a/manifests/b/c',
  '/v2//',
  '/v2/..',
  '/v2/../secret',
  '/v2/%2e%2e/secret',
]) {
  test(`GET '${target}': nothing of the API`, () => refused('GET', target, 404, 'NAME_INVALID'))
}

for (const reference of ['', '.', '..', '-a', 'a:b:c', 'sha256:x', 'a%20b', '%2e%2e', 'a'.repeat(129), 'v1%3A']) {
  for (const method of ['GET', 'HEAD', 'DELETE']) {
    test(`${method} of a manifest '${reference.slice(0, 20)}', which cannot exist: not found`, () => {
      refused(method, `/v2/a/manifests/${reference}`, 404, 'MANIFEST_UNKNOWN')
    })
  }
}

for (const [reference, code] of [
  ['', 'TAG_INVALID'],
  ['..', 'TAG_INVALID'],
  ['a'.repeat(129), 'TAG_INVALID'],
  ['v1%2f', 'TAG_INVALID'],
  ['sha256:x', 'DIGEST_INVALID'],
  ['a:b:c', 'DIGEST_INVALID'],
] as const) {
  test(`PUT of a manifest '${reference.slice(0, 20)}': ${code}`, () => {
    refused('PUT', `/v2/a/manifests/${reference}`, 400, code)
  })
}

for (const digest of ['', 'latest', 'sha256:abc', 'sha256:..', `${SHA256}%00`, SHA256.replace(':', '%253A'), '..']) {
  test(`a blob or a referrer '${digest.slice(0, 20)}': DIGEST_INVALID`, () => {
    refused('GET', `/v2/a/blobs/${digest}`, 400, 'DIGEST_INVALID')
    refused('GET', `/v2/a/referrers/${digest}`, 400, 'DIGEST_INVALID')
  })
}

// A slash that was encoded twice was refused, but dots that were passed.
for (const id of ['%252e', '%252e%252e', '.%252E', '%25%32%65', '%%32%65', '%2%65']) {
  test(`an upload '${id}', another path to who decodes twice: BLOB_UPLOAD_UNKNOWN`, () => {
    refused('PATCH', `${UPLOAD}${id}`, 404, 'BLOB_UPLOAD_UNKNOWN')
  })
}

for (const id of [
  '.',
  '..',
  '%2e',
  '%2E%2e',
  '.%2e',
  'a%2fb',
  'a%2Fb',
  'a%252fb',
  'a%5cb',
  'a%255Cb',
  'a\\b',
  'a%00b',
  'a%0d%0ab',
  'a%1fb',
  'a b',
  'a"b',
  'a<b',
  'a%',
  'a%2',
  'a%zz',
  'a#b',
  'é',
]) {
  test(`an upload '${id}': BLOB_UPLOAD_UNKNOWN`, () => refused('PATCH', `${UPLOAD}${id}`, 404, 'BLOB_UPLOAD_UNKNOWN'))
}
