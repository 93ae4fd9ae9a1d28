import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { type SdkClient, SdkCalls } from '../../src/aws/sdk-calls.ts'
import { HUNG_LOOKUP_MS, MAX_HUNG_LOOKUPS } from '../../src/limits.ts'
import { FakeClock } from '../support/fake-clock.ts'

type How = Record<string, unknown> | undefined

const IN_TIME = new AbortController().signal

/** A client whose credentials are asked for. */
function bench() {
  const asked: How[] = []
  const client = { config: { credentials: async (how?: How) => asked.push(how) }, destroy: () => undefined }
  return { asked, calls: new SdkCalls(() => client) }
}

/** A call that fails by an error of some name. */
async function failing(calls: SdkCalls<SdkClient>, name: string): Promise<void> {
  const fail = (): Promise<never> => Promise.reject(Object.assign(new Error('no'), { name }))
  await assert.rejects(calls.run(IN_TIME, fail), { name })
}

const NONE: How = undefined
const ANEW: How = { forceRefresh: true }

test('a call that was refused for its credentials makes the next one get them anew, and only that', async () => {
  const { asked, calls } = bench()
  assert.equal(await calls.run(IN_TIME, async () => 'answer'), 'answer')
  assert.deepEqual(asked.splice(0), [NONE])
  for (const name of [
    'ExpiredToken',
    'ExpiredTokenException',
    'InvalidClientTokenId',
    'InvalidSignatureException',
    'SignatureDoesNotMatch',
    'UnrecognizedClientException',
  ]) {
    await failing(calls, name)
    await calls.run(IN_TIME, async () => undefined)
    await calls.run(IN_TIME, async () => undefined)
    assert.deepEqual(asked.splice(0), [NONE, ANEW, NONE])
  }
})

// IAM revokes the sessions of a role by a policy that denies everything to those which began before.
test('so does one that was denied: the session may have been revoked', async () => {
  for (const name of ['AccessDenied', 'AccessDeniedException']) {
    const { asked, calls } = bench()
    await failing(calls, name)
    await calls.run(IN_TIME, async () => undefined)
    assert.deepEqual(asked, [NONE, ANEW])
  }
})

test('other failures have nothing to do with credentials', async () => {
  const { asked, calls } = bench()
  for (const name of ['ThrottlingException', 'ServerException', 'TimeoutError']) await failing(calls, name)
  await calls.run(IN_TIME, async () => undefined)
  assert.deepEqual(asked, [NONE, NONE, NONE, NONE])
})

test('credentials that cannot be had are asked for again with the next call', async () => {
  let times = 0
  const credentials = async (): Promise<never> => Promise.reject(new Error(`none, ${(times += 1)}`))
  const calls = new SdkCalls(() => ({ config: { credentials }, destroy: () => undefined }))
  for (const message of ['none, 1', 'none, 2']) {
    await assert.rejects(
      calls.run(IN_TIME, async () => 'not called'),
      { message },
    )
  }
})

test('a call that does not end is given up with the reason of its signal', async () => {
  const { calls } = bench()
  const limit = new AbortController()
  const called = calls.run(limit.signal, () => new Promise<never>(() => {}))
  const reason = new Error('too late')
  limit.abort(reason)
  await assert.rejects(called, reason)
  await assert.rejects(
    calls.run(limit.signal, async () => 'not called'),
    reason,
  )
})

/** Clients whose lookups end when they are told to. */
function hanging() {
  const clock = new FakeClock()
  const lookups: (() => void)[] = []
  const destroyed: number[] = []
  let made = 0
  const calls = new SdkCalls(() => {
    const name = made
    made += 1
    const looked = new Promise<void>((resolve) => lookups.push(resolve))
    return { name, config: { credentials: async () => looked }, destroy: () => destroyed.push(name) }
  }, clock)
  const givenUp = async (): Promise<void> => {
    const limit = new AbortController()
    const called = calls.run(limit.signal, async () => 'not called')
    const cause = new Error('too late')
    limit.abort(cause)
    await assert.rejects(called, { message: 'the source of the AWS credentials does not answer', cause })
  }
  return { clock, lookups, destroyed, calls, givenUp, made: () => made }
}

// The SDK hands a lookup that is under way to everybody who asks, so that one that hangs was the last one of the process.
test('a client whose lookup of credentials hangs is left for another one', async () => {
  const { lookups, destroyed, calls, givenUp, made } = hanging()
  await givenUp()
  assert.deepEqual(destroyed, [0])
  const called = calls.run(IN_TIME, async ({ name }) => name)
  assert.equal(made(), 2)
  lookups[1]?.()
  assert.equal(await called, 1)
  assert.equal(await calls.run(IN_TIME, async ({ name }) => name), 1)
})

test('lookups that hang are bounded; when one has ended, there may be another', async () => {
  const { lookups, destroyed, givenUp, made } = hanging()
  for (let i = 0; i < MAX_HUNG_LOOKUPS + 3; i += 1) await givenUp()
  assert.equal(made(), MAX_HUNG_LOOKUPS + 1)
  assert.equal(destroyed.length, MAX_HUNG_LOOKUPS)
  lookups[0]?.()
  await turn()
  await givenUp()
  await givenUp()
  assert.equal(made(), MAX_HUNG_LOOKUPS + 2)
})

test('lookups that never end are forgotten after a while, a few at a time', async () => {
  const { clock, givenUp, made } = hanging()
  const most = MAX_HUNG_LOOKUPS + 1
  for (let i = 0; i < most; i += 1) await givenUp()
  await clock.advance(HUNG_LOOKUP_MS - 1)
  await givenUp()
  assert.equal(made(), most)
  await clock.advance(1)
  for (let i = 0; i < 2 * most; i += 1) await givenUp()
  assert.equal(made(), 2 * most)
})

test('its end is the end of its client', () => {
  const { destroyed, calls } = hanging()
  calls.close()
  assert.deepEqual(destroyed, [])
  void calls.run(IN_TIME, async () => undefined)
  calls.close()
  assert.deepEqual(destroyed, [0])
})
