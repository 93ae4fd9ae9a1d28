// docs/request-handling.md: 7, 8, 13
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Presence } from '../../src/client/presence.ts'
import { RegistryError } from '../../src/registry/errors.ts'
import { parseRegistryRequest } from '../../src/registry/parse.ts'
import { Gate } from '../../src/gate.ts'
import { contentLength, type RequestPayload, repeatable, takeBody } from '../../src/upstream/request-payload.ts'
import { callWith } from '../client/fake-call.ts'
import { SHA256, UPLOAD } from '../registry/parsing.ts'

const MANIFEST = '/v2/team/app/manifests/v1'
const NONE: RequestPayload = { kind: 'none' }
const STREAM: RequestPayload = { kind: 'stream' }
const HELD: RequestPayload = { kind: 'held', bytes: Buffer.from('{}') }

/** What becomes of the body `{}` of a request. */
async function taken(method: string, target: string, headers: Record<string, string>): Promise<RequestPayload> {
  const call = callWith(headers)
  call.incoming.push('{}')
  call.incoming.push(null)
  return takeBody(parseRegistryRequest(method, target), call, new Presence(call), new Gate(2))
}

for (const [method, target] of [
  ['GET', MANIFEST],
  ['PUT', MANIFEST],
  ['POST', UPLOAD],
  ['PATCH', `${UPLOAD}x`],
] as const) {
  test(`${method} ${target} without a body has none`, async () => {
    assert.deepEqual(await taken(method, target, {}), NONE)
    assert.deepEqual(await taken(method, target, { 'content-length': '0' }), NONE)
  })
}

for (const headers of [{ 'content-length': '2' }, { 'transfer-encoding': 'chunked' }]) {
  const [name] = Object.keys(headers)
  test(`with ${name}, a manifest is held, an upload streams, and nothing else takes a body`, async () => {
    assert.deepEqual(await taken('PUT', MANIFEST, headers), HELD)
    for (const method of ['PATCH', 'PUT']) assert.deepEqual(await taken(method, `${UPLOAD}x`, headers), STREAM)
    assert.deepEqual(await taken('POST', UPLOAD, headers), STREAM)
    for (const [method, target] of [
      ['GET', MANIFEST],
      ['DELETE', MANIFEST],
      ['DELETE', `/v2/team/app/blobs/${SHA256}`],
      ['GET', `${UPLOAD}x`],
      ['DELETE', `${UPLOAD}x`],
      ['GET', '/v2/_catalog'],
    ] as const) {
      await assert.rejects(taken(method, target, headers), (error) => {
        assert.ok(error instanceof RegistryError)
        assert.deepEqual(
          [error.status, error.code, error.message],
          [400, 'UNSUPPORTED', `${method} takes no body here`],
        )
        return true
      })
    }
  })
}

test('what may be sent again: never a stream, always what is held, and without a body what the method says', () => {
  const of = (method: string, target: string, body: RequestPayload): string =>
    repeatable(parseRegistryRequest(method, target), body)
  assert.equal(of('PATCH', `${UPLOAD}x`, STREAM), 'never')
  assert.equal(of('PUT', MANIFEST, HELD), 'held')
  assert.equal(of('GET', MANIFEST, NONE), 'safe')
  assert.equal(of('HEAD', MANIFEST, NONE), 'safe')
  assert.equal(of('POST', UPLOAD, NONE), 'start')
  for (const method of ['PUT', 'PATCH', 'DELETE']) assert.equal(of(method, `${UPLOAD}x`, NONE), 'after-refusal')
})

test('a length is announced where the body has one, and as 0 where the method expects a body', () => {
  const of = (method: string, body: RequestPayload, headers: Record<string, string> = {}): number | undefined =>
    contentLength(method, body, callWith(headers).incoming)
  assert.equal(of('PUT', HELD, { 'transfer-encoding': 'chunked' }), 2)
  assert.equal(of('PATCH', STREAM, { 'content-length': '7' }), 7)
  assert.equal(of('PATCH', STREAM, { 'transfer-encoding': 'chunked' }), undefined)
  for (const method of ['POST', 'PUT', 'PATCH']) assert.equal(of(method, NONE), 0)
  for (const method of ['GET', 'HEAD', 'DELETE']) assert.equal(of(method, NONE), undefined)
})
