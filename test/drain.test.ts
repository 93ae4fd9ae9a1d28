// docs/request-handling.md: 23
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, get, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { test } from 'node:test'
import { Drain } from '../src/drain.ts'
import { until } from './support/until.ts'

/** More than two sockets hold. */
const BODY = Buffer.alloc(32 * 1024 * 1024, 'body')

// Node takes a connection for idle as soon as its answer was written to its end, and closed what had not been sent yet: the
// client got a part, and nothing was counted as cut.
for (const [how, leave] of [
  ['what is idle is closed', (drain: Drain) => drain.closeIdle()],
  ['the server is closed', (_drain: Drain, close: () => void) => close()],
] as const) {
  test(`an answer whose end is still being sent comes whole when ${how}`, async (t) => {
    const server = createServer((incoming, outgoing) => {
      drain.requestStarted(incoming, outgoing)
      outgoing.once('close', () => drain.requestEnded(outgoing)).end(BODY)
    })
    const drain = new Drain(server)
    await once(server.listen(0, '127.0.0.1'), 'listening')
    t.after(() => server.close())
    t.after(() => drain.closeAll())
    const { port }: AddressInfo = Object(server.address())
    const [response]: IncomingMessage[] = await once(get({ host: '127.0.0.1', port }), 'response')
    assert.ok(response !== undefined)
    assert.equal(drain.inFlight, 1)
    leave(drain, () => server.close())
    assert.ok(BODY.equals(await buffer(response)))
    await until(() => drain.inFlight === 0, 'the end of the answer')
  })
}
