import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Deviation, Improvement } from './expectations.ts'
import type { Outcome } from './junit.ts'
import { type Outcomes, outcomesOf } from './outcomes.ts'
import { problemsOf, type Runs } from './verdict.ts'

const DEVIATION: Deviation = {
  tests: /\/patch$/,
  what: 'patches',
  outcome: 'failed',
  ways: ['direct'],
  why: 'PATCH is 201',
  source: 'somebody',
}
const IMPROVEMENT: Improvement = { registry: 'simulator', tests: /\/(patch|pull)$/, what: 'patches', why: 'it is 202' }

function outcomes(...all: [string, Outcome][]): Outcomes {
  return outcomesOf(all.map(([test, outcome]) => ({ test, outcome, reason: '' })))
}

const PLAIN = outcomes(['ping', 'passed'], ['blob/get', 'passed'], ['blob/get', 'failed'])

function runs(change: { plain?: Outcomes; direct?: Outcomes; proxied?: Outcomes } = {}): Runs {
  return {
    plain: { direct: PLAIN, proxied: change.plain ?? PLAIN },
    simulator: {
      direct: change.direct ?? outcomes(['ping', 'passed'], ['blob/patch', 'failed']),
      proxied: change.proxied ?? outcomes(['ping', 'passed'], ['blob/patch', 'passed'], ['blob/pull', 'passed']),
    },
  }
}

function problems(change: Parameters<typeof runs>[0]): string[] {
  return problemsOf(runs(change), [DEVIATION], [IMPROVEMENT])
}

test('equal results, what ECR does otherwise and what the proxy makes better are no problem', () => {
  assert.deepEqual(problems({}), [])
})

test('the order of tests of one name is no difference, their outcomes are', () => {
  const other = outcomes(['blob/get', 'failed'], ['ping', 'passed'], ['blob/get', 'passed'])
  assert.deepEqual(problems({ plain: other }), [])
  const worse = outcomes(['ping', 'passed'], ['blob/get', 'failed'], ['blob/get', 'failed'])
  assert.deepEqual(problems({ plain: worse }), [
    'plain: blob/get: failed, passed directly, failed, failed through the proxy',
  ])
})

test('a test that does not run through the proxy, or runs there only, is a difference', () => {
  const [fewer] = problems({ plain: outcomes(['blob/get', 'passed'], ['blob/get', 'failed']) })
  assert.equal(fewer, 'plain: ping: passed directly, not run through the proxy')
  const more = outcomes(['ping', 'passed'], ['blob/get', 'passed'], ['blob/get', 'failed'], ['blob/pull', 'passed'])
  assert.deepEqual(problems({ plain: more }), ['plain: blob/pull: not run directly, passed through the proxy'])
})

test('where the proxy makes something better, nothing may get worse', () => {
  const proxied = outcomes(['ping', 'passed'], ['blob/patch', 'passed'], ['blob/pull', 'failed'])
  assert.deepEqual(problems({ proxied }), [
    'simulator: blob/pull: not run directly, failed through the proxy',
    "simulator, proxied: blob/pull: failed, and no deviation of ECR's says why",
  ])
})

test('a failure that no deviation explains is a problem even when the proxy has the same', () => {
  const both = { direct: outcomes(['ping', 'skipped'], ['blob/patch', 'failed']) }
  assert.deepEqual(problems({ ...both, proxied: outcomes(['ping', 'skipped'], ['blob/patch', 'passed']) }), [
    "simulator, direct: ping: skipped, and no deviation of ECR's says why",
    "simulator, proxied: ping: skipped, and no deviation of ECR's says why",
  ])
})

test('a deviation or an improvement that is gone is a problem', () => {
  const passed = outcomes(['ping', 'passed'], ['blob/patch', 'passed'])
  assert.deepEqual(problems({ direct: passed, proxied: passed }), [
    'simulator, direct: blob/patch: passed, expected failed: PATCH is 201',
    'simulator: no longer better: it is 202',
  ])
  const none = outcomes(['ping', 'passed'])
  assert.match(String(problems({ direct: none })), /simulator, direct: no test matches/)
})
