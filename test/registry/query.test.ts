// docs/request-handling.md: 6
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { upstreamQuery } from '../../src/registry/query.ts'
import { SHA256, sent, UPLOAD } from './parsing.ts'

for (const [query, expected] of [
  ['', ''],
  ['n=5', 'n=5'],
  ['n=1000&last=b', 'n=1000&last=b'],
  ['n=1001', 'n=1000'],
  ['n=%31001', 'n=1000'],
  ['last=a&n=99999999999999999999&x', 'last=a&n=1000&x'],
  ['n=5000&n=7', 'n=1000&n=7'],
  ['%6e=5000', 'n=1000'],
  ['n=', 'n='],
  ['n', 'n'],
  ['n=-1', 'n=-1'],
  ['n=1e9', 'n=1e9'],
  ['N=5000', 'N=5000'],
  ['nn=5000', 'nn=5000'],
  ['ns=docker.io', ''],
  ['ns', ''],
  ['n%73=docker.io', ''],
  ['a=b&ns=docker.io&c=d', 'a=b&c=d'],
  ['ns=a&ns=b', ''],
  ['nsx=1&x=ns', 'nsx=1&x=ns'],
  ['%zz=1', '%zz=1'],
  ['a&&b', 'a&&b'],
] as const) {
  test(`a page's '${query}' is sent as '${expected}'`, () => assert.equal(upstreamQuery(query, true), expected))
}

test('where there are no pages, n is not ours to read', () => {
  assert.equal(upstreamQuery('n=5000&ns=docker.io', false), 'n=5000')
})

for (const target of [
  `${UPLOAD}a-b_c.d~e!f$g&h'i(j)k*l+m,n;o=p:q@r%20s`,
  `${UPLOAD}...`,
  `${UPLOAD}x?_state=AbC%2F%3d+/?==&&digest=${SHA256}`,
  `${UPLOAD}x?digest=sha256%3Aabc&state=%2e%2E&%zz`,
  `${UPLOAD}x?n=5000`,
]) {
  test(`an upload's id and query are opaque: ${target.slice(UPLOAD.length)}`, () => {
    assert.equal(sent('PUT', target), target)
  })
}

for (const [target, expected] of [
  ['/v2/_catalog?n=5000&ns=x', '/v2/_catalog?n=1000'],
  ['/v2/a/tags/list?last=x%2F&n=2000', '/v2/a/tags/list?last=x%2F&n=1000'],
  ['/v2/a/manifests/v1?ns=docker.io', '/v2/a/manifests/v1'],
  [`/v2/a/blobs/${SHA256}?ns=docker.io&x=y`, `/v2/a/blobs/${SHA256}?x=y`],
  [`/v2/a/referrers/${SHA256}?artifactType=a%2Fb`, `/v2/a/referrers/${SHA256}?artifactType=a%2Fb`],
  ['/v2/a/manifests/v1?', '/v2/a/manifests/v1'],
  ['/v2/?n=5', '/v2/'],
] as const) {
  test(`${target} is sent as ${expected}`, () => assert.equal(sent('GET', target), expected))
}
