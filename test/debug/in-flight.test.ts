import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type AskedRequest, InFlight } from '../../src/debug/in-flight.ts'
import { parseRegistryRequest } from '../../src/registry/parse.ts'
import { callWith } from '../client/fake-call.ts'
import { FakeClock } from '../support/fake-clock.ts'

const { record } = callWith({})
record.bytesIn = 1
record.bytesOut = 2

function asked(id: string, method: string, target: string): AskedRequest {
  const registryRequest = target === '/healthz' ? undefined : parseRegistryRequest(method, target)
  return { id, method, registryRequest, clientAddress: '10.0.0.1', call: { record } }
}

test('the oldest request stands first, and one that has ended is gone', async () => {
  const clock = new FakeClock()
  const inFlight = new InFlight(() => clock.now())
  const first = asked('1', 'GET', '/v2/team/app/manifests/v1')
  const second = asked('2', 'PATCH', '/v2/team/app/blobs/uploads/abc?_state=secret')
  inFlight.started(first)
  await clock.advance(1000)
  inFlight.started(second)
  inFlight.started(asked('3', 'GET', '/healthz'))
  await clock.advance(500)
  const rest = { bytesIn: 1, bytesOut: 2, client: '10.0.0.1' }
  const repository = 'team/app'
  const ofSecond = { id: '2', method: 'PATCH', kind: 'upload', repository, reference: undefined, ageMs: 500, ...rest }
  const ofThird = { id: '3', method: 'GET', kind: undefined, repository: undefined, reference: undefined, ...rest }
  assert.deepEqual(inFlight.list(), [
    { id: '1', method: 'GET', kind: 'manifest', repository, reference: 'v1', ageMs: 1500, ...rest },
    ofSecond,
    { ...ofThird, ageMs: 500 },
  ])
  inFlight.ended(first)
  assert.deepEqual(
    inFlight.list().map(({ id }) => id),
    ['2', '3'],
  )
})
