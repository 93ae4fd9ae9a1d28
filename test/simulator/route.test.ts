import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseRegistryRequest } from '../../src/registry/parse.ts'
import { parseRoute } from './route.ts'

const DIGEST = `sha256:${'a'.repeat(64)}`

/** Names that are valid, although they hold the words of the endpoints. */
const NAMES = [
  'app',
  'team/app',
  'team/tags/app',
  'team/tags',
  'a/blobs/b',
  'a/manifests/v1',
  'referrers/x',
  'tags/list',
]
NAMES.push('a/blobs/uploads', 'blobs', 'uploads/x')

// The simulator split at the first of these words, and knew nothing of `team/tags/app`.
test('the endpoint is read from the end of the path, as the proxy does', () => {
  for (const repository of NAMES) {
    const at = `/v2/${repository}`
    assert.deepEqual(parseRoute(`${at}/tags/list`), { kind: 'tags', repository })
    assert.deepEqual(parseRoute(`${at}/manifests/v1`), { kind: 'manifest', repository, reference: 'v1' })
    assert.deepEqual(parseRoute(`${at}/blobs/${DIGEST}`), { kind: 'blob', repository, digest: DIGEST })
    assert.deepEqual(parseRoute(`${at}/referrers/${DIGEST}`), { kind: 'referrers', repository, digest: DIGEST })
    assert.deepEqual(parseRoute(`${at}/blobs/uploads`), { kind: 'uploads', repository })
    assert.deepEqual(parseRoute(`${at}/blobs/uploads/`), { kind: 'uploads', repository })
    assert.deepEqual(parseRoute(`${at}/blobs/uploads/7`), { kind: 'upload', repository, id: '7' })
    const asked = parseRegistryRequest('GET', `${at}/manifests/v1`)
    assert.equal('repository' in asked && asked.repository, repository)
  }
})

test('a reference may have its colon encoded, and what is none of the API is no route', () => {
  const encoded = `/v2/app/blobs/${DIGEST.replace(':', '%3A')}`
  assert.deepEqual(parseRoute(encoded), { kind: 'blob', repository: 'app', digest: DIGEST })
  for (const path of ['/v2/app', '/v2/app/tags/other', '/v2/app/manifests/', '/v2//tags/list', '/v1/app/tags/list']) {
    assert.equal(parseRoute(path), undefined, path)
  }
})
