// docs/request-handling.md: 10
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { Deferred } from '../../src/deferred.ts'
import { EcrTokenSource } from '../../src/ecr/ecr-token-source.ts'
import { type IssuedToken, TokenUnavailableError } from '../../src/ecr/token-source.ts'
import { FakeClock } from '../support/fake-clock.ts'
import { bench, down, HOUR, startedBench, TWELVE_HOURS } from './issuer.ts'

test('50 first requests are one call', async () => {
  const ecr = bench()
  ecr.source.start()
  const tokens = await Promise.all(Array.from({ length: 50 }, () => ecr.source.acquire()))
  assert.equal(new Set(tokens).size, 1)
  assert.equal(ecr.calls, 1)
  assert.deepEqual(ecr.refreshes, [tokens[0]])
})

test('a token tells its age, and when it ends', async () => {
  const ecr = await startedBench()
  const now = ecr.clock.now()
  await ecr.clock.advance(HOUR)
  const { obtainedAt, expiresAt } = ecr.token()
  assert.deepEqual([obtainedAt, expiresAt], [now, now + TWELVE_HOURS])
  assert.equal(ecr.source.ageMs(ecr.token()), HOUR)
})

test('starting twice is starting once', async () => {
  const ecr = bench()
  ecr.source.start()
  ecr.source.start()
  await turn()
  assert.equal(ecr.calls, 1)
})

test('nobody waits for a token that is not being fetched', async () => {
  const ecr = bench()
  await assert.rejects(ecr.source.acquire(), { name: 'TokenUnavailableError', message: 'no valid token' })
  assert.equal(ecr.calls, 0)
})

for (const [random, share] of [
  [0, 0.45],
  [0.5, 0.5],
  [1, 0.55],
] as const) {
  test(`with ${random} as its jitter a token is refreshed at ${share} of its lifetime`, async () => {
    const ecr = await startedBench({ random })
    await ecr.clock.advance(share * TWELVE_HOURS - 1)
    assert.equal(ecr.calls, 1)
    await ecr.clock.advance(2)
    assert.equal(ecr.calls, 2)
    assert.equal(ecr.token().value, 'token2')
  })
}

test('the old token serves while a refresh is under way', async () => {
  const ecr = await startedBench()
  const answer = new Deferred<IssuedToken>()
  ecr.answer = () => answer.promise
  await ecr.clock.advance(TWELVE_HOURS / 2)
  assert.equal(ecr.calls, 2)
  assert.equal((await ecr.source.acquire()).value, 'token1')
  answer.resolve({ value: 'newer', lifetimeMs: TWELVE_HOURS })
  await turn()
  assert.equal((await ecr.source.acquire()).value, 'newer')
})

test('when refreshes fail, the old token serves until it really expires, and not a millisecond longer', async () => {
  const ecr = await startedBench()
  ecr.answer = down
  await ecr.clock.advance(TWELVE_HOURS - 1)
  assert.equal((await ecr.source.acquire()).value, 'token1')
  assert.ok(ecr.source.lastError instanceof Error)
  await ecr.clock.advance(1)
  assert.equal(ecr.source.current, undefined)
  await assert.rejects(ecr.source.acquire(), TokenUnavailableError)
})

test('a failure is told with how long the old token still serves and when the next try is', async () => {
  const ecr = await startedBench()
  ecr.answer = down
  await ecr.clock.advance(TWELVE_HOURS / 2)
  assert.deepEqual(ecr.failures, [{ message: 'the API is down', validForMs: TWELVE_HOURS / 2, retryInMs: 750 }])
})

test('the cause of an unavailable token is what the API said', async () => {
  const ecr = bench()
  ecr.answer = down
  ecr.source.start()
  const message = 'no token could be obtained'
  await assert.rejects(ecr.source.acquire(), {
    name: 'TokenUnavailableError',
    message,
    cause: new Error('the API is down'),
  })
  const between = { name: 'TokenUnavailableError', message: 'no valid token', cause: new Error('the API is down') }
  await assert.rejects(ecr.source.acquire(), between)
})

test('AWS down at start: it recovers by itself', async () => {
  const ecr = bench()
  const up = ecr.answer
  ecr.answer = down
  ecr.source.start()
  await turn()
  assert.deepEqual(ecr.failures, [{ message: 'the API is down', validForMs: 0, retryInMs: 750 }])
  ecr.answer = up
  await ecr.clock.advance(750)
  assert.equal(ecr.token().value, 'token2')
  assert.equal(ecr.source.lastError, undefined)
})

test('the backoff doubles up to half a minute, starts anew after a success, and never gives up', async () => {
  const ecr = bench({ random: 1 })
  const up = ecr.answer
  ecr.answer = down
  ecr.source.start()
  await turn()
  for (let i = 0; i < 40; i++) await ecr.clock.advance(ecr.clock.nextInMs ?? 0)
  const waits = ecr.failures.map(({ retryInMs }) => retryInMs)
  assert.deepEqual(waits.slice(0, 7), [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000])
  assert.ok(waits.slice(5).every((ms) => ms === 30_000))
  ecr.answer = up
  await ecr.clock.advance(30_000)
  ecr.answer = down
  await ecr.clock.advance(TWELVE_HOURS * 0.55)
  assert.equal(ecr.failures.at(-1)?.retryInMs, 1000)
})

test('the backoff is jittered: at least half of its step', async () => {
  const ecr = bench({ random: 0 })
  ecr.answer = down
  ecr.source.start()
  await turn()
  await ecr.clock.advance(500)
  assert.deepEqual(
    ecr.failures.map(({ retryInMs }) => retryInMs),
    [500, 1000],
  )
})

test('10-second tokens: every margin is a share of the lifetime', async () => {
  const ecr = await startedBench({ lifetimeMs: 10_000, random: 1 })
  const up = ecr.answer
  ecr.answer = down
  await ecr.clock.advance(5500)
  const waits = (): (number | undefined)[] => ecr.failures.map(({ retryInMs }) => retryInMs)
  assert.deepEqual(waits(), [200])
  await ecr.clock.advance(4400)
  assert.deepEqual(waits(), [200, 400, 800, 1000, 1000, 1000, 1000])
  assert.ok(ecr.failures.every(({ validForMs }) => validForMs > 0))
  ecr.answer = up
  await ecr.clock.advance(1000)
  assert.equal(ecr.token().lifetimeMs, 10_000)
})

test('an hour with 10-second tokens never has a moment without a valid one', async () => {
  const ecr = await startedBench({ lifetimeMs: 10_000 })
  for (let i = 0; i < 3600; i++) {
    await ecr.clock.advance(1000)
    assert.ok(ecr.source.current !== undefined, `after ${i} s`)
  }
  assert.ok(ecr.calls >= 655 && ecr.calls <= 801, `${ecr.calls} calls`)
})

for (const lifetimeMs of [0, -1, Number.NaN]) {
  test(`a token with ${lifetimeMs} ms to live is none`, async () => {
    const ecr = bench({ lifetimeMs })
    ecr.source.start()
    await turn()
    assert.equal(ecr.source.current, undefined)
    const message = 'the token had expired when it came; is the clock right?'
    assert.deepEqual(ecr.failures, [{ message, validForMs: 0, retryInMs: 750 }])
    ecr.lifetimeMs = TWELVE_HOURS
    await ecr.clock.advance(750)
    assert.equal(ecr.token().value, 'token2')
  })
}

test('an expired refresh does not replace a token that still serves', async () => {
  const ecr = await startedBench()
  ecr.lifetimeMs = -1
  await ecr.clock.advance(TWELVE_HOURS / 2)
  assert.equal(ecr.token().value, 'token1')
})

test('close stops the timers, and what is pending settles unheard', async () => {
  const ecr = await startedBench()
  assert.equal(ecr.clock.armed, 1)
  ecr.source.close()
  assert.equal(ecr.clock.armed, 0)

  const slow = bench()
  const answer = new Deferred<IssuedToken>()
  slow.answer = () => answer.promise
  slow.source.start()
  slow.source.close()
  answer.reject(new Error('too late'))
  await turn()
  assert.equal(slow.clock.armed, 0)
  assert.deepEqual(slow.failures, [])

  const late = bench()
  const token = new Deferred<IssuedToken>()
  late.answer = () => token.promise
  late.source.start()
  late.source.close()
  token.resolve({ value: 'too late', lifetimeMs: TWELVE_HOURS })
  await turn()
  assert.equal(late.clock.armed, 0)
})

test('a source needs no listeners', async () => {
  const clock = new FakeClock()
  let calls = 0
  const issue = async (): Promise<IssuedToken> => {
    calls += 1
    return calls === 1 ? down() : { value: 'x', lifetimeMs: HOUR }
  }
  const source = new EcrTokenSource({ issue, clock, random: () => 0 })
  source.start()
  await turn()
  await clock.advance(500)
  assert.equal(source.current?.value, 'x')
  assert.equal(calls, 2)
})
