// docs/request-handling.md: 15
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { errors } from 'undici'
import { UploadStalledError } from '../../src/client/upload-body.ts'
import { RegistryError } from '../../src/registry/errors.ts'
import { isClosedWithoutAnswer, upstreamFailure } from '../../src/upstream/failure.ts'

function withCode(code: string): Error {
  return Object.assign(new Error(`${code} 10.0.0.1:443`), { code })
}

for (const [what, error, status, code, message] of [
  ['silence', new errors.HeadersTimeoutError(), 504, 'UNAVAILABLE', 'the upstream registry did not answer in time'],
  [
    'a body that stalls',
    new errors.BodyTimeoutError(),
    504,
    'UNAVAILABLE',
    'the upstream registry did not answer in time',
  ],
  [
    'a slow connection',
    new errors.ConnectTimeoutError(),
    504,
    'UNAVAILABLE',
    'the upstream registry could not be reached in time',
  ],
  ['ETIMEDOUT', withCode('ETIMEDOUT'), 504, 'UNAVAILABLE', 'the upstream registry could not be reached in time'],
  [
    'a socket that ends',
    new errors.SocketError('other side closed'),
    502,
    'UNAVAILABLE',
    'the upstream registry closed the connection without an answer',
  ],
  [
    'a reset',
    withCode('ECONNRESET'),
    502,
    'UNAVAILABLE',
    'the upstream registry closed the connection without an answer',
  ],
  ['EPIPE', withCode('EPIPE'), 502, 'UNAVAILABLE', 'the upstream registry closed the connection without an answer'],
  ['ECONNREFUSED', withCode('ECONNREFUSED'), 502, 'UNAVAILABLE', 'the upstream registry could not be reached'],
  ['ENOTFOUND', withCode('ENOTFOUND'), 502, 'UNAVAILABLE', 'the upstream registry could not be reached'],
  [
    'an unknown certificate',
    withCode('SELF_SIGNED_CERT_IN_CHAIN'),
    502,
    'UNAVAILABLE',
    'the upstream registry could not be reached',
  ],
  ['something else', 'a string', 502, 'UNAVAILABLE', 'the upstream registry could not be reached'],
  [
    'a client that stops sending',
    new UploadStalledError('client'),
    408,
    'BLOB_UPLOAD_INVALID',
    'the request body stopped coming',
  ],
  [
    'an upstream that stops reading',
    new UploadStalledError('upstream'),
    504,
    'UNAVAILABLE',
    'the upstream registry stopped taking the request body',
  ],
] as const) {
  test(`${what}: ${status}`, () => {
    const failure = upstreamFailure(error)
    assert.deepEqual([failure.status, failure.code, failure.message], [status, code, message])
    assert.equal(failure.cause, error)
  })
}

test('a registry error is what it is', () => {
  const error = new RegistryError(404, 'NAME_UNKNOWN', 'x')
  assert.equal(upstreamFailure(error), error)
})

for (const [error, closed] of [
  [new errors.SocketError('other side closed'), true],
  [withCode('ECONNRESET'), true],
  [withCode('EPIPE'), true],
  [withCode('ECONNREFUSED'), false],
  [new errors.HeadersTimeoutError(), false],
  [new Error('x'), false],
  [undefined, false],
] as const) {
  test(`${String(error)} ${closed ? 'is' : 'is not'} a connection that closed without an answer`, () => {
    assert.equal(isClosedWithoutAnswer(error), closed)
  })
}
