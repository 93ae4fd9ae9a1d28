// docs/request-handling.md: 8
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { ClientGoneError } from '../../src/client/presence.ts'
import { readManifest } from '../../src/client/request-body.ts'
import { RegistryError } from '../../src/registry/errors.ts'
import { Gate } from '../../src/gate.ts'
import { callWith } from './fake-call.ts'

function isFull(error: unknown): boolean {
  return error instanceof RegistryError && error.status === 503 && Number(error.retryAfterSeconds) > 0
}

// A manifest is never shed, and each client that sent most of one and then a byte a minute held 4 MiB.
test('manifests that are held have a bounded room together, until their calls have ended', async () => {
  const room = new Gate(10)
  const [slow, refused, whole] = [callWith({}), callWith({}), callWith({})]
  slow.incoming.push('1234567')
  const gone = assert.rejects(readManifest(slow, room), ClientGoneError)
  refused.incoming.push('1234')
  await assert.rejects(readManifest(refused, room), isFull)
  assert.deepEqual([refused.record.shed, slow.record.shed], ['heldManifests', undefined])
  whole.incoming.push('123')
  whole.incoming.push(null)
  assert.equal(String(await readManifest(whole, room)), '123')
  assert.deepEqual([room.enter(1), refused.record.bytesIn], [false, 4])
  for (const { outgoing } of [whole, refused]) outgoing.emit('close')
  assert.deepEqual([room.enter(4), room.enter(3)], [false, true])
  slow.outgoing.emit('close')
  await gone
  slow.incoming.push('89')
  await turn()
  assert.deepEqual([room.enter(8), room.enter(7)], [false, true])
})
