import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { RequestListener } from 'node:http'
import { createServer } from 'node:https'
import { type TestContext, test } from 'node:test'
import { LAST_ANSWER_MS, OpenLoop } from '../../bench/open-loop.ts'
import { makeCertificates } from '../support/certificates.ts'

/** Visits of one request each, over one connection. */
async function loadOn(t: TestContext, listener: RequestListener): Promise<OpenLoop> {
  const { ca, cert, key } = await makeCertificates(['localhost'])
  const server = createServer({ cert, key }, listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const visits = [[{ method: 'GET', path: '/x', body: Buffer.alloc(0), status: 200 }]]
  return OpenLoop.connect({ origin: `https://localhost:${port}`, ca }, visits, 1)
}

// It was free at once, and so was given all that came next.
test('a connection that has closed fails one request, and is opened again for the next', async (t) => {
  let requests = 0
  const load = await loadOn(t, (request, response) => {
    requests += 1
    if (requests === 1) request.socket.destroy()
    else response.writeHead(200, { 'Content-Length': '0' }).end()
  })
  const outcomes = await load.run({ perSecond: 50, seconds: 0.1 })
  await load.end()
  assert.deepEqual(outcomes.failures, ['GET /x closed'])
  assert.equal(outcomes.count('accepted'), 4)
  assert.equal(outcomes.whole, 4)
  assert.equal(outcomes.length, 5)
  // None was started before it was due.
  assert.ok(outcomes.lateMs.every((ms) => ms >= 0))
})

// It was taken for whole at its head, and its body for the head of the next one.
test('an answer whose length is not told is not accepted', async (t) => {
  const load = await loadOn(t, (_request, response) => void response.writeHead(200).end('a body in chunks'))
  const outcomes = await load.run({ perSecond: 1, seconds: 1 })
  await load.end()
  assert.deepEqual(outcomes.failures, ['GET /x closed'])
})

test('a request that is never answered is an error, not a wait for ever', async (t) => {
  const load = await loadOn(t, () => undefined)
  await load.run({ perSecond: 1, seconds: 1 })
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const ended = assert.rejects(load.end(), /^Error: 1 requests had no answer within 60 s$/)
  t.mock.timers.tick(LAST_ANSWER_MS)
  await ended
})
