import assert from 'node:assert/strict'
import { test } from 'node:test'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { textOf } from '../../src/upstream/content-coding.ts'

const LIMIT = 1000
const TEXT = '{"errors":[]} é'

for (const [coding, body] of [
  [undefined, Buffer.from(TEXT)],
  ['', Buffer.from(TEXT)],
  ['identity', Buffer.from(TEXT)],
  ['gzip', gzipSync(TEXT)],
  [' GZip ', gzipSync(TEXT)],
  ['x-gzip', gzipSync(TEXT)],
  ['deflate', deflateSync(TEXT)],
  ['br', brotliCompressSync(TEXT)],
] as const) {
  test(`a body in ${coding ?? 'no'} coding is read`, () => {
    assert.equal(textOf(body, coding === undefined ? [] : ['Content-Encoding', coding], LIMIT), TEXT)
  })
}

for (const [what, coding, body] of [
  ['of an unknown coding', 'compress', Buffer.from(TEXT)],
  ['that is none of its coding', 'gzip', Buffer.from(TEXT)],
  ['that is cut', 'gzip', gzipSync(TEXT).subarray(0, 12)],
  ['that holds more than is read', 'gzip', gzipSync('x'.repeat(LIMIT + 1))],
] as const) {
  test(`a body ${what} is empty`, () => {
    assert.equal(textOf(body, ['content-encoding', coding], LIMIT), '')
  })
}

test('a body that holds as much as is read is read', () => {
  assert.equal(textOf(gzipSync('x'.repeat(LIMIT)), ['content-encoding', 'gzip'], LIMIT).length, LIMIT)
})
