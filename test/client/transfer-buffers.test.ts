import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TransferBuffers } from '../../src/client/transfer-buffers.ts'
import { TRANSFER_BUFFER_MAX_BYTES, TRANSFER_BUFFER_MIN_BYTES, TRANSFER_BUFFERS_BYTES } from '../../src/limits.ts'

test('few bodies have the largest buffer each, many share what there is, and none has less than the smallest', () => {
  const buffers = new TransferBuffers()
  const shareOf = (bodies: number): number => {
    for (let i = 0; i < bodies; i += 1) buffers.enter()
    const { share } = buffers
    for (let i = 0; i < bodies; i += 1) buffers.leave()
    return share
  }
  assert.equal(shareOf(1), TRANSFER_BUFFER_MAX_BYTES)
  assert.equal(shareOf(32), TRANSFER_BUFFERS_BYTES / 32)
  assert.equal(shareOf(1000), TRANSFER_BUFFER_MIN_BYTES)
  assert.equal(shareOf(1), TRANSFER_BUFFER_MAX_BYTES)
})
