import assert from 'node:assert/strict'
import { test } from 'node:test'
import { amzDateOf, parseAmzDate, sha256, signatureOf } from './sigv4.ts'

// The examples of AWS's own documentation and test suite.
test('signs a request by headers as the AWS test suite does', () => {
  const request = {
    method: 'GET',
    path: '/',
    query: new URLSearchParams(),
    headers: new Map([
      ['host', 'example.amazonaws.com'],
      ['x-amz-date', '20150830T123600Z'],
    ]),
    payloadHash: sha256(''),
    amzDate: '20150830T123600Z',
    scope: { date: '20150830', region: 'us-east-1', service: 'service' },
  }
  const expected = '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31'
  assert.equal(signatureOf(request, 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY'), expected)
})

test('signs a request by its query as the S3 documentation does', () => {
  const request = {
    method: 'GET',
    path: '/test.txt',
    query: new URLSearchParams([
      ['X-Amz-SignedHeaders', 'host'],
      ['X-Amz-Algorithm', 'AWS4-HMAC-SHA256'],
      ['X-Amz-Credential', 'AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request'],
      ['X-Amz-Date', '20130524T000000Z'],
      ['X-Amz-Expires', '86400'],
    ]),
    headers: new Map([['host', 'examplebucket.s3.amazonaws.com']]),
    payloadHash: 'UNSIGNED-PAYLOAD',
    amzDate: '20130524T000000Z',
    scope: { date: '20130524', region: 'us-east-1', service: 's3' },
  }
  const expected = 'aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404'
  assert.equal(signatureOf(request, 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'), expected)
})

test('dates go there and back', () => {
  const date = Date.UTC(2026, 10, 23, 20, 37, 5)
  assert.equal(amzDateOf(date), '20261123T203705Z')
  assert.equal(parseAmzDate('20261123T203705Z'), date)
  assert.ok(Number.isNaN(parseAmzDate('2026-11-23')))
})
