import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CredentialedCalls } from '../../src/ecr/credentialed-calls.ts'

/** A client whose credentials are asked for, and calls of it that fail by an error of some name. */
function bench() {
  const asked: (Record<string, unknown> | undefined)[] = []
  const client = { config: { credentials: async (how?: Record<string, unknown>) => asked.push(how) } }
  const calls = new CredentialedCalls()
  const failing = async (name: string): Promise<void> => {
    const fail = (): Promise<never> => Promise.reject(Object.assign(new Error('no'), { name }))
    await assert.rejects(calls.run(client, fail), { name })
  }
  return { asked, client, calls, failing }
}

test('a call that was refused for its credentials makes the next one get them anew, and only that', async () => {
  const { asked, client, calls, failing } = bench()
  assert.equal(await calls.run(client, async () => 'answer'), 'answer')
  for (const name of ['UnrecognizedClientException', 'ExpiredTokenException', 'InvalidClientTokenId']) {
    await failing(name)
    assert.deepEqual(asked, [])
    await calls.run(client, async () => undefined)
    await calls.run(client, async () => undefined)
    assert.deepEqual(asked.splice(0), [{ forceRefresh: true }])
  }
})

test('other failures have nothing to do with credentials', async () => {
  const { asked, client, calls, failing } = bench()
  for (const name of ['ThrottlingException', 'AccessDeniedException', 'TimeoutError']) await failing(name)
  await calls.run(client, async () => undefined)
  assert.deepEqual(asked, [])
})

test('credentials that cannot be had are asked for again with the next call', async () => {
  const { calls, failing } = bench()
  await failing('ExpiredTokenException')
  let times = 0
  const none = { config: { credentials: async () => Promise.reject(new Error(`none, ${(times += 1)}`)) } }
  for (const message of ['none, 1', 'none, 2']) {
    await assert.rejects(
      calls.run(none, async () => 'not called'),
      { message },
    )
  }
})
