import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:https'
import { test } from 'node:test'
import { OpenLoop } from '../../bench/open-loop.ts'
import { makeCertificates } from '../support/certificates.ts'

// It was free at once, and so was given all that came next.
test('a connection that has closed fails one request, and is opened again for the next', async (t) => {
  const { ca, cert, key } = await makeCertificates(['localhost'])
  let requests = 0
  const server = createServer({ cert, key }, (request, response) => {
    requests += 1
    if (requests === 1) request.socket.destroy()
    else response.writeHead(200, { 'Content-Length': '0' }).end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const visits = [[{ method: 'GET', path: '/x', body: Buffer.alloc(0), status: 200 }]]
  const load = await OpenLoop.connect({ origin: `https://localhost:${port}`, ca }, visits, 1)
  const outcomes = await load.run({ perSecond: 50, seconds: 0.1 })
  await load.end()
  assert.deepEqual(outcomes.failures, ['GET /x closed'])
  assert.equal(outcomes.count('accepted'), 4)
  assert.equal(outcomes.whole, 4)
  assert.equal(outcomes.length, 5)
  // None was started before it was due.
  assert.ok(outcomes.lateMs.every((ms) => ms >= 0))
})
