// docs/request-handling.md: 15
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { PassThrough, Writable } from 'node:stream'
import { test } from 'node:test'
import { UploadBody, UploadStalledError } from '../../src/client/upload-body.ts'
import { TransferBuffers } from '../../src/client/transfer-buffers.ts'
import { TRANSFER_BUFFER_MAX_BYTES, TRANSFER_BUFFERS_BYTES, UPSTREAM_IDLE_MS } from '../../src/limits.ts'
import { callWith } from './fake-call.ts'

// The whole body had come from the client, and its last bytes lay here: nobody watched the upstream any more, and an
// upload whose upstream took no further byte was waited for without limit.
test('an upstream that does not take the last bytes of a body is waited for in bounded time', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const call = callWith({ 'content-length': '5' })
  const out = new Writable({ write: () => {} })
  new UploadBody(call, new TransferBuffers()).sendTo(out)
  call.incoming.push('layer')
  call.incoming.push(null)
  call.incoming.complete = true
  await once(call.incoming, 'end')
  const failed = once(out, 'error')
  t.mock.timers.tick(UPSTREAM_IDLE_MS + 1)
  const [error]: unknown[] = await failed
  assert.ok(error instanceof UploadStalledError)
  assert.equal(error.side, 'upstream')
})

test('a body that was taken whole is watched no longer', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const call = callWith({ 'content-length': '5' })
  const out = new PassThrough()
  const errors: unknown[] = []
  out.on('error', (error) => errors.push(error)).resume()
  new UploadBody(call, new TransferBuffers()).sendTo(out)
  call.incoming.push('layer')
  call.incoming.push(null)
  call.incoming.complete = true
  await once(out, 'end')
  t.mock.timers.tick(UPSTREAM_IDLE_MS + 1)
  assert.deepEqual(errors, [])
  assert.equal(call.record.bytesIn, 5)
})

// A share that were never given back would make every later upload a slow one.
test('an upload has a share of the buffers from its start until it stops, and gives back one', () => {
  const buffers = new TransferBuffers()
  // The 17th of so many leaves each less than the most.
  for (let i = 0; i < TRANSFER_BUFFERS_BYTES / TRANSFER_BUFFER_MAX_BYTES; i += 1) buffers.enter()
  const body = new UploadBody(callWith({ 'content-length': '5' }), buffers)
  assert.equal(buffers.share, TRANSFER_BUFFER_MAX_BYTES)
  body.sendTo(new PassThrough())
  assert.ok(buffers.share < TRANSFER_BUFFER_MAX_BYTES)
  body.stop()
  body.stop()
  assert.equal(buffers.share, TRANSFER_BUFFER_MAX_BYTES)
  buffers.enter()
  assert.ok(buffers.share < TRANSFER_BUFFER_MAX_BYTES)
})
