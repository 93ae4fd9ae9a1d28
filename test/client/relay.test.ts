// docs/request-handling.md: 19
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Relay } from '../../src/client/relay.ts'
import { TransferBuffers } from '../../src/client/transfer-buffers.ts'
import { CLIENT_IDLE_MS, TRANSFER_BUFFER_MAX_BYTES, TRANSFER_BUFFERS_BYTES } from '../../src/limits.ts'
import { callWith } from './fake-call.ts'

// Chunks that came with the head are passed on together. Each that met a full client waited for the drain by itself, and
// the second of them stopped the clock of what the first had brought by resuming: a client that stalled then was kept.
test('a client that takes what was held back, and then nothing more, is cut', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const call = callWith({})
  let resumed = 0
  const relay = new Relay(call, new TransferBuffers(), () => {
    resumed += 1
    relay.chunk(Buffer.alloc(TRANSFER_BUFFER_MAX_BYTES))
  })
  // Without a socket, what is written piles up.
  call.outgoing.writeHead(200)
  for (let i = 0; i < 3; i += 1) assert.equal(relay.chunk(Buffer.alloc(TRANSFER_BUFFER_MAX_BYTES)), false)
  t.mock.timers.tick(CLIENT_IDLE_MS - 1)
  call.outgoing.emit('drain')
  t.mock.timers.tick(CLIENT_IDLE_MS - 1)
  assert.equal(call.outgoing.destroyed, false)
  assert.equal(resumed, 1)
  t.mock.timers.tick(2)
  assert.equal(call.outgoing.destroyed, true)
})

test('a client that takes nothing is cut', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const call = callWith({})
  const relay = new Relay(call, new TransferBuffers(), () => undefined)
  call.outgoing.writeHead(200)
  assert.equal(relay.chunk(Buffer.alloc(TRANSFER_BUFFER_MAX_BYTES)), false)
  t.mock.timers.tick(CLIENT_IDLE_MS + 1)
  assert.equal(call.outgoing.destroyed, true)
})

test('a client is let fall behind by its share of the buffers before the upstream is paused', async () => {
  const call = callWith({})
  const buffers = new TransferBuffers()
  const relay = new Relay(call, buffers, () => undefined)
  call.outgoing.writeHead(200)
  const half = Buffer.alloc(TRANSFER_BUFFER_MAX_BYTES / 2)
  assert.deepEqual([relay.chunk(half), relay.chunk(half)], [true, false])
  for (let i = 0; i < 63; i += 1) buffers.enter()
  assert.equal(buffers.share, TRANSFER_BUFFERS_BYTES / 64)
  relay.failed()
  call.outgoing.emit('close')
  await relay.done
  buffers.enter()
  assert.equal(buffers.share, TRANSFER_BUFFERS_BYTES / 64)
})
