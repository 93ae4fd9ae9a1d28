import assert from 'node:assert/strict'
import { test } from 'node:test'
import { watchHandover } from '../../src/workers/handover.ts'

/** A child's end of the channel as node:cluster uses it: a message, and with a connection its handle. */
function channel() {
  const sent: unknown[][] = []
  const child = {
    send: (...parts: unknown[]): boolean => {
      sent.push(parts)
      return true
    },
  }
  return { child, sent }
}

function handle() {
  return {
    closed: 0,
    close(): void {
      this.closed += 1
    },
  }
}

// node:cluster forgot a connection whose worker was killed before it had confirmed it, and the client waited for ever.
test('the connection last handed over is closed when its worker has ended, and only once', () => {
  const { child, sent } = channel()
  const close = watchHandover(child)
  const [before, last] = [handle(), handle()]
  assert.equal(child.send({ act: 'newconn' }, before), true)
  assert.equal(child.send({ act: 'newconn' }, last), true)
  child.send({ type: 'token' }, () => undefined)
  child.send({ type: 'token' })
  assert.equal(sent.length, 4)
  assert.equal(sent[1]?.[1], last)
  close()
  close()
  assert.deepEqual([before.closed, last.closed], [0, 1])
})

test('a worker that never had a connection leaves nothing to close', () => {
  const { child } = channel()
  const close = watchHandover(child)
  child.send({ type: 'token' }, null)
  assert.doesNotThrow(close)
})
