// docs/request-handling.md: 13.2
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Deferred } from '../../src/deferred.ts'
import type { IssuedToken } from '../../src/ecr/token-source.ts'
import { down, HOUR, startedBench, TWELVE_HOURS } from './issuer.ts'

const MINUTE = 60_000

test('a token of at most a minute is too young to be the reason', async () => {
  const ecr = await startedBench()
  await ecr.clock.advance(MINUTE)
  assert.equal(await ecr.source.renewIfDoubtful(ecr.token()), undefined)
  assert.equal(ecr.calls, 1)
  await ecr.clock.advance(1)
  assert.equal((await ecr.source.renewIfDoubtful(ecr.token()))?.value, 'token2')
})

test('a token older than half its lifetime is old enough, however short that is', async () => {
  const ecr = await startedBench({ lifetimeMs: 10_000, random: 1 })
  await ecr.clock.advance(5000)
  assert.equal(await ecr.source.renewIfDoubtful(ecr.token()), undefined)
  await ecr.clock.advance(1)
  assert.equal((await ecr.source.renewIfDoubtful(ecr.token()))?.value, 'token2')
})

test('when the token in use is newer than the doubtful one, it is given at once, young or not', async () => {
  const ecr = await startedBench()
  const doubtful = ecr.token()
  await ecr.source.renew(doubtful)
  assert.equal((await ecr.source.renewIfDoubtful(doubtful))?.value, 'token2')
  assert.equal(ecr.calls, 2)
})

test('1,000 doubtful answers with the API down are at most one call, and the token serves on', async () => {
  const ecr = await startedBench()
  ecr.answer = down
  await ecr.clock.advance(HOUR)
  const atOnce = Array.from({ length: 500 }, () => ecr.source.renewIfDoubtful(ecr.token()))
  assert.deepEqual(new Set(await Promise.all(atOnce)), new Set([undefined]))
  for (let i = 0; i < 500; i++) {
    await ecr.clock.advance(100)
    assert.equal(await ecr.source.renewIfDoubtful(ecr.token()), undefined)
  }
  assert.equal(ecr.calls, 2)
  assert.equal(ecr.token().value, 'token1')
  assert.equal(ecr.clock.nextInMs, TWELVE_HOURS / 2 - HOUR - 50_000)
})

test('doubt leads to one call a minute', async () => {
  const ecr = await startedBench()
  await ecr.clock.advance(HOUR)
  await ecr.source.renewIfDoubtful(ecr.token())
  assert.equal(ecr.calls, 2)
  await ecr.clock.advance(MINUTE - 1)
  await ecr.source.renewIfDoubtful(ecr.token())
  assert.equal(ecr.calls, 2)
  await ecr.clock.advance(2)
  await ecr.source.renewIfDoubtful(ecr.token())
  assert.equal(ecr.calls, 3)
})

test('doubt joins the refresh that is under way, and the minute stays free', async () => {
  const ecr = await startedBench()
  const doubtful = ecr.token()
  const up = ecr.answer
  const answer = new Deferred<IssuedToken>()
  ecr.answer = () => answer.promise
  await ecr.clock.advance(TWELVE_HOURS / 2)
  const renewed = ecr.source.renewIfDoubtful(doubtful)
  answer.resolve({ value: 'newer', lifetimeMs: HOUR })
  assert.equal((await renewed)?.value, 'newer')
  assert.equal(ecr.calls, 2)
  ecr.answer = up
  await ecr.clock.advance(MINUTE + 1)
  assert.equal((await ecr.source.renewIfDoubtful(ecr.token()))?.value, 'token3')
})
