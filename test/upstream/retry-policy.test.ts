// docs/request-handling.md: 13, 14
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RetryBudget } from '../../src/upstream/retry-budget.ts'
import { type TryOutcome, type Repeatable, RetryPolicy, type Step } from '../../src/upstream/retry-policy.ts'
import { FakeClock } from '../support/fake-clock.ts'

const ALL: Repeatable[] = ['never', 'after-refusal', 'safe', 'start', 'held']

function answered(status: number, retryAfterSeconds?: number): TryOutcome {
  return { kind: 'answer', status, verdict: 'accepted', retryAfterSeconds }
}

const REFUSED: TryOutcome = { kind: 'answer', status: 401, verdict: 'refused', retryAfterSeconds: undefined }
const DOUBTFUL: TryOutcome = { kind: 'answer', status: 403, verdict: 'doubtful', retryAfterSeconds: undefined }
const CLOSED: TryOutcome = { kind: 'closed' }
const FAILED: TryOutcome = { kind: 'failed' }

interface Setting {
  random?: number
  /** How long each try takes, in milliseconds. */
  tryMs?: number
}

/** The steps after one outcome upon another; what a step asks to wait is waited. */
async function steps(repeatable: Repeatable, outcomes: TryOutcome[], { random = 1, tryMs = 0 }: Setting = {}) {
  const clock = new FakeClock()
  const policy = new RetryPolicy(repeatable, clock, () => random, new RetryBudget())
  const taken: Step[] = []
  for (const outcome of outcomes) {
    await clock.advance(tryMs)
    const step = policy.next(outcome)
    taken.push(step)
    if (step.do === 'again') await clock.advance(step.afterMs)
  }
  return taken
}

function again(afterMs: number, fresh = false): Step {
  return { do: 'again', afterMs, fresh }
}

const DELIVER: Step = { do: 'deliver' }
const RENEW: Step = { do: 'renew' }
const GIVE_UP: Step = { do: 'give-up-token' }
const FAIL: Step = { do: 'fail' }

for (const repeatable of ALL) {
  for (const status of [200, 201, 202, 307, 400, 404, 405, 416, 500, 502, 504]) {
    test(`${status} to '${repeatable}' is delivered`, async () => {
      assert.deepEqual(await steps(repeatable, [answered(status)]), [DELIVER])
    })
  }

  test(`no connection for '${repeatable}' is a failure at once`, async () => {
    assert.deepEqual(await steps(repeatable, [FAILED]), [FAIL])
  })

  test(`a doubtful 403 to '${repeatable}' is looked into once, then delivered`, async () => {
    assert.deepEqual(await steps(repeatable, [DOUBTFUL, DOUBTFUL]), [{ do: 'renew-if-doubtful' }, DELIVER])
  })
}

for (const repeatable of ['after-refusal', 'safe', 'start', 'held'] as const) {
  test(`'${repeatable}' is sent again once after a refused token, never twice`, async () => {
    assert.deepEqual(await steps(repeatable, [REFUSED, answered(200)]), [RENEW, DELIVER])
    assert.deepEqual(await steps(repeatable, [REFUSED, REFUSED]), [RENEW, GIVE_UP])
  })
}

test('a streamed body is never sent again, whatever happens', async () => {
  assert.deepEqual(await steps('never', [REFUSED]), [GIVE_UP])
  assert.deepEqual(await steps('never', [answered(429)]), [DELIVER])
  assert.deepEqual(await steps('never', [answered(503)]), [DELIVER])
  assert.deepEqual(await steps('never', [CLOSED]), [FAIL])
})

test('what has an effect is not sent again after throttling or a closed connection', async () => {
  assert.deepEqual(await steps('after-refusal', [answered(429)]), [DELIVER])
  assert.deepEqual(await steps('after-refusal', [answered(503)]), [DELIVER])
  assert.deepEqual(await steps('after-refusal', [CLOSED]), [FAIL])
})

for (const repeatable of ['safe', 'start'] as const) {
  for (const status of [429, 503]) {
    test(`${status} to '${repeatable}' is tried twice more, with full jitter`, async () => {
      const storm = [answered(status), answered(status), answered(status)]
      assert.deepEqual(await steps(repeatable, storm), [again(250), again(500), DELIVER])
      assert.deepEqual(await steps(repeatable, storm, { random: 0.5 }), [again(125), again(250), DELIVER])
      assert.deepEqual(await steps(repeatable, storm, { random: 0 }), [again(0), again(0), DELIVER])
    })
  }

  test(`Retry-After for '${repeatable}' is seconds, and the least to wait`, async () => {
    assert.deepEqual(await steps(repeatable, [answered(429, 2), answered(429, 0)]), [again(2000), again(500)])
  })

  test(`no try of '${repeatable}' starts more than 5 s after the first`, async () => {
    assert.deepEqual(await steps(repeatable, [answered(429, 5)]), [again(5000)])
    assert.deepEqual(await steps(repeatable, [answered(429, 6)]), [DELIVER])
    assert.deepEqual(await steps(repeatable, [answered(429)], { tryMs: 4750 }), [again(250)])
    assert.deepEqual(await steps(repeatable, [answered(429)], { tryMs: 4751 }), [DELIVER])
  })

  test(`a connection that closes under '${repeatable}' may have been closing: once more, on a fresh one`, async () => {
    assert.deepEqual(await steps(repeatable, [CLOSED, answered(200)]), [again(0, true), DELIVER])
  })

  test(`'${repeatable}': a closed connection, a refused token and throttling each have their own tries`, async () => {
    assert.deepEqual(await steps(repeatable, [CLOSED, REFUSED, answered(429), answered(200)]), [
      again(0, true),
      RENEW,
      again(250),
      DELIVER,
    ])
  })
}

test('a GET that is closed twice fails; a POST is explained', async () => {
  assert.deepEqual(await steps('safe', [CLOSED, CLOSED]), [again(0, true), FAIL])
  assert.deepEqual(await steps('start', [CLOSED, CLOSED]), [again(0, true), { do: 'explain' }])
})

test('a held manifest has three tries, each on a fresh connection', async () => {
  for (const bad of [answered(429), answered(503), CLOSED]) {
    const last: Step = bad === CLOSED ? FAIL : DELIVER
    assert.deepEqual(await steps('held', [bad, bad, bad]), [again(500, true), again(1000, true), last])
  }
})

test('a held manifest counts a refused token among its three tries', async () => {
  assert.deepEqual(await steps('held', [CLOSED, REFUSED, CLOSED]), [again(500, true), RENEW, FAIL])
  assert.deepEqual(await steps('held', [CLOSED, answered(503), REFUSED]), [
    again(500, true),
    again(1000, true),
    GIVE_UP,
  ])
})

test('no try of a held manifest starts more than 10 s after the first', async () => {
  assert.deepEqual(await steps('held', [answered(429, 10)]), [again(10_000, true)])
  assert.deepEqual(await steps('held', [answered(429, 11)]), [DELIVER])
  assert.deepEqual(await steps('held', [CLOSED], { tryMs: 9501 }), [FAIL])
})

test('throttling is passed on after two further tries, however much time is left', async () => {
  const throttled = Array.from({ length: 3 }, () => answered(429))
  for (const repeatable of ['safe', 'start'] as const) {
    assert.deepEqual(await steps(repeatable, throttled, { random: 0 }), [again(0), again(0), DELIVER])
  }
})

test('with the budget spent, throttling is passed on', () => {
  const budget = new RetryBudget()
  const clock = new FakeClock()
  const first = (): Step => new RetryPolicy('safe', clock, () => 0, budget).next(answered(429))
  const taken = Array.from({ length: 1000 }, first)
  const retried = taken.filter((step) => step.do === 'again').length
  assert.ok(retried > 90 && retried <= 102, `${retried} of 1,000`)
  assert.deepEqual(taken.at(1), again(0))
})

test('streamed bodies earn no retries for others', () => {
  const budget = new RetryBudget()
  const clock = new FakeClock()
  while (budget.spend());
  for (let i = 0; i < 100; i++) new RetryPolicy('never', clock, () => 0, budget).next(answered(200))
  assert.deepEqual(new RetryPolicy('safe', clock, () => 0, budget).next(answered(429)), DELIVER)
})
