// docs/request-handling.md: 13.1
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { Deferred } from '../../src/deferred.ts'
import type { IssuedToken } from '../../src/ecr/token-source.ts'
import { bench, down, HOUR, startedBench, TWELVE_HOURS } from './issuer.ts'

test('when the token in use is newer than the refused one, it is given at once', async () => {
  const ecr = await startedBench()
  const refused = ecr.token()
  await ecr.clock.advance(TWELVE_HOURS / 2)
  assert.equal((await ecr.source.renew(refused)).value, 'token2')
  assert.equal(ecr.calls, 2)
})

test('50 refusals of one token are one call', async () => {
  const ecr = await startedBench()
  const refused = ecr.token()
  const tokens = await Promise.all(Array.from({ length: 50 }, () => ecr.source.renew(refused)))
  assert.equal(new Set(tokens).size, 1)
  assert.equal(ecr.token(), tokens[0])
  assert.equal(ecr.calls, 2)
})

test('a renewal joins the refresh that is under way', async () => {
  const ecr = await startedBench()
  const refused = ecr.token()
  const answer = new Deferred<IssuedToken>()
  ecr.answer = () => answer.promise
  await ecr.clock.advance(TWELVE_HOURS / 2)
  const renewed = ecr.source.renew(refused)
  answer.resolve({ value: 'newer', lifetimeMs: HOUR })
  assert.equal((await renewed).value, 'newer')
  assert.equal(ecr.calls, 2)
})

test('a renewal that fails leaves the token that is there, and the schedule', async () => {
  const ecr = await startedBench()
  ecr.answer = down
  await assert.rejects(ecr.source.renew(ecr.token()), {
    name: 'TokenUnavailableError',
    cause: new Error('the API is down'),
  })
  assert.equal(ecr.token().value, 'token1')
  assert.deepEqual(ecr.failures, [{ message: 'the API is down', validForMs: TWELVE_HOURS, retryInMs: undefined }])
  assert.equal(ecr.clock.nextInMs, TWELVE_HOURS / 2)
})

test('an upstream that refuses every token gets a call a second, not one for each request', async () => {
  const ecr = await startedBench()
  await ecr.source.renew(ecr.token())
  assert.equal(ecr.calls, 2)
  const second = ecr.source.renew(ecr.token())
  await ecr.clock.advance(999)
  assert.equal(ecr.calls, 2)
  await ecr.clock.advance(1)
  assert.equal((await second).value, 'token3')
  await ecr.clock.advance(1000)
  await ecr.source.renew(ecr.token())
  assert.equal(ecr.calls, 4)
})

test('with 2-second tokens the spacing is a tenth of that', async () => {
  const ecr = await startedBench({ lifetimeMs: 2000 })
  await ecr.source.renew(ecr.token())
  const second = ecr.source.renew(ecr.token())
  await ecr.clock.advance(200)
  assert.equal((await second).value, 'token3')
})

test('a refused token that has expired meanwhile is renewed as well, and then the renewal retries by itself', async () => {
  const ecr = await startedBench()
  const refused = ecr.token()
  const up = ecr.answer
  ecr.answer = down
  await ecr.clock.advance(TWELVE_HOURS)
  const calls = ecr.calls
  await assert.rejects(ecr.source.renew(refused), { name: 'TokenUnavailableError' })
  assert.equal(ecr.calls, calls + 1)
  assert.ok((ecr.failures.at(-1)?.retryInMs ?? 0) > 0)
  ecr.answer = up
  await ecr.clock.advance(30_000)
  assert.equal(ecr.token().expiresAt > ecr.clock.now(), true)
})

test('a renewal where no token has been yet is a first fetch', async () => {
  const ecr = bench()
  const elsewhere = { value: 'x', lifetimeMs: HOUR, obtainedAt: 0, expiresAt: HOUR }
  assert.equal((await ecr.source.renew(elsewhere)).value, 'token1')
  assert.equal(ecr.clock.nextInMs, TWELVE_HOURS / 2)
})

// The background refresh saw a renewal under way, relied on it and armed no timer; when the renewal failed, nobody ever tried again.
test('a renewal that a background refresh relied on, and that fails, leads to another try', async () => {
  const ecr = await startedBench()
  const up = ecr.answer
  const answer = new Deferred<IssuedToken>()
  ecr.answer = () => answer.promise
  await ecr.clock.advance(TWELVE_HOURS / 2 - 1000)
  const renewal = assert.rejects(ecr.source.renew(ecr.token()), { name: 'TokenUnavailableError' })
  await ecr.clock.advance(2000)
  assert.equal(ecr.calls, 2)
  assert.equal(ecr.clock.armed, 0)
  answer.reject(new Error('the API is down'))
  await renewal
  assert.equal(ecr.failures[0]?.retryInMs, 750)
  ecr.answer = up
  await ecr.clock.advance(750)
  assert.equal(ecr.token().value, 'token3')
})

// A renewal that waited for its turn when the proxy closed still called ECR afterwards.
test('a renewal that waits for its turn is over when the source closes', async () => {
  const ecr = await startedBench()
  await ecr.source.renew(ecr.token())
  const waiting = assert.rejects(ecr.source.renew(ecr.token()), { name: 'TokenUnavailableError' })
  ecr.source.close()
  await ecr.clock.advance(5000)
  await turn()
  await waiting
  assert.equal(ecr.calls, 2)
  assert.equal(ecr.clock.armed, 0)
})
