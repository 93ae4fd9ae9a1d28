import assert from 'node:assert/strict'
import { test } from 'node:test'
import { OPERATIONS, operationOf } from '../../src/metrics/operation.ts'
import { parseRegistryRequest } from '../../src/registry/parse.ts'

const DIGEST = `sha256:${'0'.repeat(64)}`

const cases = [
  ['GET', '/v2/team/app/manifests/1', 'manifest-pull'],
  ['HEAD', '/v2/team/app/manifests/1', 'manifest-pull'],
  ['PUT', '/v2/team/app/manifests/1', 'manifest-push'],
  ['DELETE', '/v2/team/app/manifests/1', 'other'],
  ['GET', `/v2/team/app/blobs/${DIGEST}`, 'layer-pull'],
  ['HEAD', `/v2/team/app/blobs/${DIGEST}`, 'layer-pull'],
  ['DELETE', `/v2/team/app/blobs/${DIGEST}`, 'other'],
  ['POST', '/v2/team/app/blobs/uploads/', 'layer-push'],
  ['PATCH', '/v2/team/app/blobs/uploads/1', 'layer-push'],
  ['PUT', '/v2/team/app/blobs/uploads/1', 'layer-push'],
  ['DELETE', '/v2/team/app/blobs/uploads/1', 'layer-push'],
  ['GET', '/v2/team/app/tags/list', 'tags'],
  ['GET', `/v2/team/app/referrers/${DIGEST}`, 'other'],
  ['GET', '/v2/_catalog', 'other'],
  ['GET', '/v2/', 'other'],
] as const

for (const [method, path, operation] of cases) {
  test(`${method} ${path.replace(DIGEST, 'DIGEST')} counts as ${operation}`, () => {
    assert.equal(operationOf(parseRegistryRequest(method, path)), operation)
  })
}

test('what could not be parsed counts as other', () => {
  assert.equal(operationOf(undefined), 'other')
})

test('every operation is listed, once', () => {
  assert.deepEqual([...new Set(cases.map(([, , operation]) => operation))].toSorted(), [...OPERATIONS].toSorted())
})
