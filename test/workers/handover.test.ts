import assert from 'node:assert/strict'
import { ChildProcess } from 'node:child_process'
import { test } from 'node:test'
import { watchHandover } from '../../src/workers/handover.ts'

/** A child's end of the channel as node:cluster uses it: a message, and with a connection its handle. */
function channel() {
  const sent: unknown[][] = []
  const child = Object.assign(new ChildProcess(), {
    send: (...parts: unknown[]): boolean => {
      sent.push(parts)
      return true
    },
  })
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
  const close = watchHandover(child, () => false)
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
  const close = watchHandover(child, () => false)
  child.send({ type: 'token' }, null)
  assert.doesNotThrow(close)
})

// Workers stop listening one after the other. A connection that came between was refused by all of them, stayed open in
// the primary, and its client waited until that ended: half a minute, when a push was in flight.
test('a connection that is refused is closed while all are on their way out, and never before', () => {
  const { child } = channel()
  let draining = false
  watchHandover(child, () => draining)
  const refuse = (): boolean => child.emit('internalMessage', { cmd: 'NODE_CLUSTER', ack: 1, accepted: false })
  const [first, taken, late] = [handle(), handle(), handle()]
  child.send({ act: 'newconn' }, first)
  refuse()
  draining = true
  child.send({ act: 'newconn' }, taken)
  child.emit('internalMessage', { cmd: 'NODE_CLUSTER', ack: 2, accepted: true })
  child.emit('internalMessage', { cmd: 'NODE_CLUSTER', act: 'close' })
  child.send({ act: 'newconn' }, late)
  refuse()
  refuse()
  assert.deepEqual([first.closed, taken.closed, late.closed], [0, 0, 1])
})
