import assert from 'node:assert/strict'
import { test } from 'node:test'
import { classOf, errorOutcome, isWorse, worstOf } from './outcome.ts'

test('an error is a registry error only with its JSON and its type', () => {
  const body = '{"errors":[{"code":"UNAVAILABLE","message":"no"}]}'
  assert.equal(errorOutcome(503, 'application/json; charset=utf-8', body), '503 UNAVAILABLE')
  for (const [type, text] of [
    ['text/html', body],
    [undefined, body],
    ['application/json', '{"message":"no"}'],
    ['application/json', '{"errors":[{}]}'],
    ['application/json', '{"errors"'],
  ] as const) {
    const outcome = errorOutcome(502, type, text)
    assert.equal(outcome, '502 without a registry error')
    assert.equal(classOf(outcome), 'forbidden')
  }
})

test('other bytes, a short body, and a demand for credentials are forbidden, and so is what nobody has thought of', () => {
  assert.equal(classOf('right'), 'right')
  assert.equal(classOf('504 UNAVAILABLE'), 'registry error')
  assert.equal(classOf('404 NAME_UNKNOWN'), 'registry error')
  for (const outcome of ['wrong bytes', 'a short body', '401 UNAUTHORIZED', '403 DENIED', '200 UNAVAILABLE', '']) {
    assert.equal(classOf(outcome), 'forbidden', outcome)
  }
})

test('the worst counts', () => {
  assert.equal(worstOf({}), 'right')
  assert.equal(worstOf({ right: 900, '502 UNAVAILABLE': 1 }), 'registry error')
  assert.equal(worstOf({ 'no answer': 1, 'broken transfer': 3, right: 1 }), 'no answer')
  assert.equal(worstOf({ 'wrong bytes': 1, 'no answer': 5 }), 'forbidden')
  assert.equal(isWorse('broken transfer', 'registry error'), true)
  assert.equal(isWorse('right', 'right'), false)
})
