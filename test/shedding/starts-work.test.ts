// docs/request-handling.md: 24
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseRegistryRequest } from '../../src/registry/parse.ts'
import { startsWork } from '../../src/shedding/starts-work.ts'

const DIGEST = `sha256:${'a'.repeat(64)}`

for (const [method, path, starts] of [
  ['GET', '/v2/', false],
  ['HEAD', '/v2/', false],
  ['GET', '/v2/_catalog', true],
  ['GET', '/v2/team/app/tags/list', true],
  ['GET', `/v2/team/app/referrers/${DIGEST}`, true],
  ['GET', '/v2/team/app/manifests/v1', true],
  ['HEAD', '/v2/team/app/manifests/v1', true],
  ['PUT', '/v2/team/app/manifests/v1', false],
  ['DELETE', '/v2/team/app/manifests/v1', false],
  ['GET', `/v2/team/app/blobs/${DIGEST}`, true],
  ['HEAD', `/v2/team/app/blobs/${DIGEST}`, true],
  ['DELETE', `/v2/team/app/blobs/${DIGEST}`, false],
  ['POST', '/v2/team/app/blobs/uploads/', true],
  ['GET', '/v2/team/app/blobs/uploads/1', false],
  ['PATCH', '/v2/team/app/blobs/uploads/1', false],
  ['PUT', `/v2/team/app/blobs/uploads/1?digest=${DIGEST}`, false],
  ['DELETE', '/v2/team/app/blobs/uploads/1', false],
] as const) {
  test(`${method} ${path.slice(0, 40)} ${starts ? 'starts' : 'does not start'} work`, () => {
    assert.equal(startsWork(parseRegistryRequest(method, path)), starts)
  })
}
