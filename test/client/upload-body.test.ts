// docs/request-handling.md: 15
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { PassThrough, Writable } from 'node:stream'
import { test } from 'node:test'
import { UploadBody, UploadStalledError } from '../../src/client/upload-body.ts'
import { TransferBuffers } from '../../src/client/transfer-buffers.ts'
import { UPSTREAM_IDLE_MS } from '../../src/limits.ts'
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
