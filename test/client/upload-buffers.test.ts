import assert from 'node:assert/strict'
import { test } from 'node:test'
import { UploadBuffers } from '../../src/client/upload-buffers.ts'
import { UPLOAD_BUFFER_MAX_BYTES, UPLOAD_BUFFER_MIN_BYTES, UPLOAD_BUFFERS_BYTES } from '../../src/limits.ts'

test('few uploads have the largest buffer each, many share what there is, and none has less than the smallest', () => {
  const buffers = new UploadBuffers()
  const shareOf = (uploads: number): number => {
    for (let i = 0; i < uploads; i += 1) buffers.enter()
    const { share } = buffers
    for (let i = 0; i < uploads; i += 1) buffers.leave()
    return share
  }
  assert.equal(shareOf(1), UPLOAD_BUFFER_MAX_BYTES)
  assert.equal(shareOf(32), UPLOAD_BUFFERS_BYTES / 32)
  assert.equal(shareOf(1000), UPLOAD_BUFFER_MIN_BYTES)
  assert.equal(shareOf(1), UPLOAD_BUFFER_MAX_BYTES)
})
