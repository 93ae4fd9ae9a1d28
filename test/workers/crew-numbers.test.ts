import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TokenUnavailableError } from '../../src/ecr/token-source.ts'
import { CrewNumbers } from '../../src/workers/crew-numbers.ts'
import { end, recorderOf, TOKENS } from '../metrics/recorder-of.ts'

function crewNumbers(): CrewNumbers {
  return new CrewNumbers({
    maxRepositories: 200,
    tokens: () => TOKENS,
    certificateDaysLeft: () => 40,
    log: { warn: () => {} },
  })
}

test('what workers count is added up, and stays when one of them has ended', () => {
  const crew = crewNumbers()
  const [one, other] = [crew.ofWorker(), crew.ofWorker()]
  const counting = recorderOf({ inFlight: () => 2 })
  end(counting, 'GET', '/v2/team/app/manifests/1')
  one.receive(counting.take())
  end(counting, 'GET', '/v2/team/app/manifests/1')
  other.receive(counting.take())
  other.receive(counting.take())
  const before = crew.recorder.snapshot()
  assert.equal(before.inFlight, 4)
  one.ended()
  const { inFlight, operations, repositories, tokenAgeSeconds, certificateDaysLeft } = crew.recorder.snapshot()
  assert.equal(inFlight, 2)
  assert.equal(operations['manifest-pull'].requests, 2)
  assert.deepEqual(repositories, [{ repository: 'team/app', pulls: 2, pushes: 0 }])
  assert.equal(tokenAgeSeconds, 90)
  assert.equal(certificateDaysLeft, 40)
})

test("what becomes of the primary's token is counted on its way to the workers", () => {
  const crew = crewNumbers()
  const told: unknown[] = []
  const { onRefresh, onFailure } = crew.counting({
    onRefresh: (token) => told.push(token),
    onFailure: (error) => told.push(error),
  })
  const failure = new TokenUnavailableError('none')
  onFailure(failure)
  onRefresh(TOKENS.current)
  assert.deepEqual(told, [failure, TOKENS.current])
  const { tokenRefreshes, tokenRefreshFailures } = crew.recorder.snapshot().totals
  assert.deepEqual([tokenRefreshes, tokenRefreshFailures], [1, 1])
})
