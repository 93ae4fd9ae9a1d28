import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:https'
import { test } from 'node:test'
import { openLoop, type Outcome, rateOf } from '../../bench/open-loop.ts'
import { makeCertificates } from '../support/certificates.ts'

function outcome(changed: Partial<Outcome>): Outcome {
  return { dueAt: 0, latency: 500, became: 'accepted', failure: undefined, ...changed }
}

test('the rate is that of all visits until the last answer', () => {
  assert.equal(rateOf(1000, [outcome({}), outcome({ dueAt: 1000, latency: 1000 })]), 500)
})

// What was refused counted as served, and refusals are quick.
test('there is no rate of what was not accepted', () => {
  const outcomes = [outcome({}), outcome({ became: 'shed' }), outcome({ became: 'failed', failure: 'GET /x 502' })]
  assert.throws(() => rateOf(3, outcomes), /^Error: 2 of 3 requests were not accepted: shed, GET \/x 502$/)
})

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
  const visits = [[{ method: 'GET', path: '/x', bodyBytes: 0, status: 200 }]]
  const [outcomes = []] = await openLoop({ origin: `https://localhost:${port}`, ca }, visits, 1, [
    { perSecond: 50, seconds: 0.1 },
  ])
  assert.deepEqual(
    outcomes.map(({ became, failure }) => failure ?? became),
    ['GET /x closed', 'accepted', 'accepted', 'accepted', 'accepted'],
  )
})
