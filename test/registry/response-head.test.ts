// docs/request-handling.md: 17, 18
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { UnusableReferenceError } from '../../src/registry/location.ts'
import { parseRegistryRequest } from '../../src/registry/parse.ts'
import { publicHead } from '../../src/registry/response-head.ts'
import { SHA256, UPLOAD } from './parsing.ts'

const ECR = 'https://123456789012.dkr.ecr.us-east-1.amazonaws.com'
const S3 = 'https://bucket.s3.us-east-1.amazonaws.com/x?X-Amz-Signature=y'

function head(method: string, target: string, status: number, headers: string[]) {
  return publicHead(parseRegistryRequest(method, target), status, headers, isUpstream)
}

function isUpstream(host: string): boolean {
  return `https://${host}` === ECR
}

function link(path: string): string {
  return `<${path}>; rel="next"`
}

test('an upload’s Location points here; Range and digest stay to the letter; 201 to a PATCH is 202', () => {
  const headers = ['LOCATION', `${ECR}${UPLOAD}x`, 'Range', '0-10485759', 'Docker-Content-Digest', SHA256]
  assert.deepEqual(head('PATCH', `${UPLOAD}x`, 201, headers), {
    status: 202,
    headers: ['LOCATION', `${UPLOAD}x`, 'Range', '0-10485759', 'Docker-Content-Digest', SHA256],
  })
})

for (const [method, target, status] of [
  ['PATCH', `${UPLOAD}x`, 202],
  ['PATCH', `${UPLOAD}x`, 204],
  ['PATCH', `${UPLOAD}x`, 416],
  ['PUT', `${UPLOAD}x`, 201],
  ['POST', UPLOAD, 202],
  ['GET', '/v2/a/manifests/v1', 200],
] as const) {
  test(`${status} to a ${method} stays`, () => assert.equal(head(method, target, status, []).status, status))
}

test('the layer host’s Location is untouched', () => {
  const headers = ['Location', S3]
  assert.deepEqual(head('GET', `/v2/a/blobs/${SHA256}`, 307, headers), { status: 307, headers })
})

test('an upload’s Location on another host is unusable', () => {
  assert.throws(() => head('POST', UPLOAD, 202, ['Location', S3]), UnusableReferenceError)
})

test('a Location and a Link that name the upstream outside the API are unusable, whatever was asked', () => {
  for (const name of ['Location', 'Link']) {
    const value = name === 'Link' ? `<${ECR}//evil.example/>` : `${ECR}//evil.example/`
    assert.throws(() => head('GET', '/v2/a/tags/list', 200, [name, value]), UnusableReferenceError)
  }
})

test('every Link is rewritten, and the challenge never passes', () => {
  const headers = ['Link', link(`${ECR}/v2/a`), 'WWW-Authenticate', 'Basic', 'link', link(`${ECR}/v2/b`), 'Sizes', '']
  assert.deepEqual(head('GET', '/v2/a/tags/list', 200, headers).headers, [
    'Link',
    link('/v2/a'),
    'link',
    link('/v2/b'),
    'Sizes',
    '',
  ])
})
