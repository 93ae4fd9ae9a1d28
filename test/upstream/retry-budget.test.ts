// docs/request-handling.md: 13.3
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RetryBudget } from '../../src/upstream/retry-budget.ts'

/** How many retries there are when every one of `requests` wants as many as it can get. */
function retries(budget: RetryBudget, requests: number): number {
  let spent = 0
  for (let i = 0; i < requests; i++) {
    budget.earn()
    while (budget.spend()) spent += 1
  }
  return spent
}

test('a lone client gets its two retries', () => {
  const budget = new RetryBudget()
  assert.deepEqual([budget.spend(), budget.spend(), budget.spend()], [true, true, false])
})

test('under a storm retries are a tenth of the requests, and the two of the first', () => {
  for (const requests of [10, 100, 10_000]) {
    const spent = retries(new RetryBudget(), requests)
    assert.ok(spent <= requests / 10 + 2, `${spent} for ${requests}`)
    assert.ok(spent >= Math.floor(requests / 10), `${spent} for ${requests}`)
  }
})

test('a quiet hour does not save up for a storm of more than 50', () => {
  const budget = new RetryBudget()
  for (let i = 0; i < 100_000; i++) budget.earn()
  let spent = 0
  while (budget.spend()) spent += 1
  assert.equal(spent, 50)
})
