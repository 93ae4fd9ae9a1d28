import assert from 'node:assert/strict'
import { ChildProcess } from 'node:child_process'
import { test } from 'node:test'
import { Handover } from '../../src/workers/handover.ts'

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
  const close = new Handover().watch(child)
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
  const close = new Handover().watch(child)
  child.send({ type: 'token' }, null)
  assert.doesNotThrow(close)
})

/** What node:cluster's processes tell the primary. */
function says(worker: ChildProcess, message: object): void {
  worker.emit('internalMessage', { cmd: 'NODE_CLUSTER', ...message })
}

// Workers stop listening one after the other. A connection that came between was refused by all of them, stayed open in
// the primary, and its client waited until that ended: half a minute, when a push was in flight.
test('a connection that the last worker refuses is closed, and none that another may still take', () => {
  const handover = new Handover()
  const [{ child: first }, { child: second }] = [channel(), channel()]
  for (const worker of [first, second]) {
    handover.watch(worker)
    says(worker, { act: 'queryServer' })
  }
  const [taken, passedOn, late] = [handle(), handle(), handle()]
  first.send({ act: 'newconn' }, taken)
  says(first, { ack: 1, accepted: true })
  says(first, { act: 'close' })
  first.send({ act: 'newconn' }, passedOn)
  says(first, { ack: 2, accepted: false })
  second.send({ act: 'newconn' }, late)
  says(second, { act: 'close' })
  says(second, { ack: 3, accepted: false })
  says(second, { ack: 3, accepted: false })
  assert.deepEqual([taken.closed, passedOn.closed, late.closed], [0, 0, 1])
})

test('a worker that died listens no more', () => {
  const handover = new Handover()
  const [{ child: dying }, { child: other }] = [channel(), channel()]
  const ended = handover.watch(dying)
  handover.watch(other)
  for (const worker of [dying, other]) says(worker, { act: 'queryServer' })
  ended()
  const last = handle()
  other.send({ act: 'newconn' }, last)
  says(other, { act: 'close' })
  says(other, { ack: 1, accepted: false })
  assert.equal(last.closed, 1)
})
