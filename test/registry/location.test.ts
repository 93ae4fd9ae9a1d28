// docs/request-handling.md: 17
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isSameRegistry, parseEcrHost } from '../../src/ecr/host.ts'
import {
  rewriteLink,
  rewriteReference,
  rewriteUploadLocation,
  UnusableReferenceError,
} from '../../src/registry/location.ts'

const ECR = '123456789012.dkr.ecr.us-east-1.amazonaws.com'
const S3 =
  'https://prod-us-east-1-starport-layer-bucket.s3.us-east-1.amazonaws.com/a-123456789012-b/c?X-Amz-Signature=d'
const upstream = parseEcrHost(ECR) ?? assert.fail()
const isUpstream = (host: string): boolean => isSameRegistry(host, upstream)

for (const [reference, expected] of [
  [`https://${ECR}/v2/a/blobs/uploads/x`, '/v2/a/blobs/uploads/x'],
  [`http://${ECR}/v2/a/blobs/uploads/x`, '/v2/a/blobs/uploads/x'],
  [`HTTPS://${ECR.toUpperCase()}/v2/A`, '/v2/A'],
  [`//${ECR}/v2/a`, '/v2/a'],
  [`https://${ECR}:443/v2/a`, '/v2/a'],
  [`https://${ECR}:/v2/a`, '/v2/a'],
  [`https://user:pass@word@${ECR}/v2/a`, '/v2/a'],
  ['https://123456789012.dkr.ecr-fips.us-east-1.amazonaws.com/v2/a', '/v2/a'],
  ['https://123456789012.dkr-ecr.us-east-1.on.aws/v2/a', '/v2/a'],
  [`https://${ECR}/v2/a?state=%2F%3d+/?==&&#f`, '/v2/a?state=%2F%3d+/?==&&#f'],
  [`https://${ECR}/v2//evil.example/x`, '/v2//evil.example/x'],
  ['/v2/a/blobs/uploads/x?y=%2f', '/v2/a/blobs/uploads/x?y=%2f'],
  [`/v2/a?next=https://${ECR}/v2/b`, `/v2/a?next=https://${ECR}/v2/b`],
  // These named the upstream for a client, whose parser reads `\\` as `/` and knows the root of DNS, and not for us.
  [`https:\\\\${ECR}/v2/a`, '/v2/a'],
  [`/\\${ECR}/v2/a`, '/v2/a'],
  [`https://${ECR}./v2/a`, '/v2/a'],
  [`https://${ECR}.:443/v2/a`, '/v2/a'],
] as const) {
  test(`${reference} becomes ${expected}`, () => {
    assert.equal(rewriteReference(reference, isUpstream), expected)
    assert.equal(rewriteUploadLocation(reference, isUpstream), expected)
  })
}

for (const reference of [
  S3,
  'https://evil.example/v2/a',
  `https://${ECR}.evil.example/v2/a`,
  `https://evil.example/${ECR}/v2/a`,
  `https://${ECR}@evil.example/v2/a`,
  `https://evil.example\\@${ECR}/v2/a`,
  `https://evil.example#@${ECR}/v2/a`,
  `https://evil.example?@${ECR}/v2/a`,
  'https://210987654321.dkr.ecr.us-east-1.amazonaws.com/v2/a',
  'https://123456789012.dkr.ecr.eu-west-1.amazonaws.com/v2/a',
  '//evil.example/v2/a',
  'relative/x',
  'ftp://example.com/v2/',
  `ftp://${ECR}/v2/`,
  '',
]) {
  test(`'${reference}' is not the upstream's: untouched, and no place to upload to`, () => {
    assert.equal(rewriteReference(reference, isUpstream), reference)
    assert.throws(() => rewriteUploadLocation(reference, isUpstream), UnusableReferenceError)
  })
}

// `https://ECR//evil.example/x` became `//evil.example/x`, which every client takes for another host.
for (const reference of [
  `https://${ECR}//evil.example/x`,
  `https://${ECR}/\\evil.example/v2/`,
  `https://${ECR}\\v2/a`,
  `https://${ECR}`,
  `https://${ECR}/`,
  `https://${ECR}/v2`,
  `https://${ECR}/v1/a`,
  `https://${ECR}/V2/a`,
  `https://${ECR}?x=/v2/`,
  `https://${ECR}#/v2/`,
]) {
  test(`${reference} leads outside the API`, () => {
    assert.throws(() => rewriteReference(reference, isUpstream), UnusableReferenceError)
    assert.throws(() => rewriteUploadLocation(reference, isUpstream), UnusableReferenceError)
    assert.throws(() => rewriteLink(`<${reference}>; rel="next"`, isUpstream), UnusableReferenceError)
  })
}

for (const [link, expected] of [
  [`<https://${ECR}/v2/a/tags/list?last=x%3D&n=5>; rel="next"`, '</v2/a/tags/list?last=x%3D&n=5>; rel="next"'],
  ['</v2/a/tags/list?last=x>; rel="next"', '</v2/a/tags/list?last=x>; rel="next"'],
  [`<https://${ECR}/v2/a> ;rel=next;  title="b" , <${S3}>;x`, `</v2/a> ;rel=next;  title="b" , <${S3}>;x`],
  [`<https://${ECR}/v2/a>;rel=next,<https://${ECR}/v2/b>;rel=last`, '</v2/a>;rel=next,</v2/b>;rel=last'],
  ['<https://evil.example/v2/>; rel="next"', '<https://evil.example/v2/>; rel="next"'],
  // What stands in a quoted parameter is no target, and was cut, or refused, as one.
  [`</v2/a>; title="<https://${ECR}/v2/a>"`, `</v2/a>; title="<https://${ECR}/v2/a>"`],
  [`</v2/a>; title="\\"<https://${ECR}>"`, `</v2/a>; title="\\"<https://${ECR}>"`],
  [`</v2/a>; title="<https://${ECR}/v2/a>`, '</v2/a>; title="</v2/a>'],
  ['no target', 'no target'],
  ['', ''],
] as const) {
  test(`Link: ${link}`, () => assert.equal(rewriteLink(link, isUpstream), expected))
}
