import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Failure, isExplained, type Step, type Weather, WEATHERS } from './explanation.ts'
import { type Mishap, MISHAPS } from './plan.ts'

const STEPS: Step[] = ['read', 'head', 'start', 'close', 'stream', 'manifest']
const BROKEN: Failure = { kind: 'broken' }

function status(code: number): Failure {
  return { kind: 'status', status: code }
}

function explains(failure: Failure, step: Step, mishap: Mishap | undefined, ...weathers: Weather[]): boolean {
  return isExplained(failure, { step, mishap, weathers: new Set(weathers) })
}

/** The steps of which a mishap explains a failure. */
function steps(failure: Failure, mishap: Mishap, ...weathers: Weather[]): string {
  return STEPS.filter((step) => explains(failure, step, mishap, ...weathers)).join(' ')
}

test('in calm, nothing is explained for a request that no mishap hit', () => {
  for (const step of STEPS) {
    for (const failure of [status(401), status(403), status(404), status(429), status(500), status(502), BROKEN]) {
      assert.equal(explains(failure, step, undefined), false)
    }
  }
})

test('wrong bytes and an answer that does not come are never explained', () => {
  for (const kind of ['wrong', 'late'] as const) {
    for (const mishap of MISHAPS) assert.equal(steps({ kind }, mishap, ...WEATHERS), '')
  }
})

test('no client ever sees a 401, nor a status that the proxy has no reason for', () => {
  for (const mishap of MISHAPS) {
    for (const code of [400, 401, 404, 405, 413, 416, 504]) assert.equal(steps(status(code), mishap, ...WEATHERS), '')
  }
})

test("the upstream's own answers reach the client", () => {
  assert.equal(steps(status(500), 'server-error'), STEPS.join(' '))
  assert.equal(steps(status(503), 'unavailable'), STEPS.join(' '))
  assert.equal(steps(status(429), 'throttled'), STEPS.join(' '))
  assert.equal(steps(status(500), 'throttled'), '')
})

test('one reset fails only what may not be sent again; two fail all but a manifest', () => {
  assert.equal(steps(status(502), 'reset'), 'close stream')
  assert.equal(steps(status(502), 'cut-upload'), 'close stream')
  assert.equal(steps(status(502), 'reset-twice'), 'read head start close stream')
  assert.equal(steps(BROKEN, 'reset-twice'), '')
  assert.equal(steps(status(502), 'reset', 'closing'), STEPS.join(' '))
  assert.equal(steps(status(502), 'throttled', 'closing'), STEPS.join(' '))
  assert.equal(steps(status(502), 'throttled'), '')
  assert.equal(steps(status(502), 'late', 'closing'), '')
})

test('an answer that breaks off breaks off for a reader, or is 502', () => {
  assert.equal(steps(BROKEN, 'cut-answer'), 'read')
  assert.equal(steps(status(502), 'cut-answer'), 'read start close stream manifest')
})

test('what only comes late must succeed', () => {
  for (const mishap of ['late', 'late-answer'] as const) {
    for (const failure of [status(502), status(503), BROKEN]) assert.equal(steps(failure, mishap), '')
  }
})

test('a refused token fails a streamed body, and everything when no other can be had', () => {
  assert.equal(steps(status(503), 'refused-401'), 'stream')
  assert.equal(steps(status(503), 'refused-403'), 'stream')
  assert.equal(steps(status(403), 'refused-403'), 'head')
  assert.equal(steps(status(403), 'refused-401'), '')
  for (const weather of ['api-throttled', 'api-denied'] as const) {
    assert.equal(steps(status(503), 'refused-401', weather), STEPS.join(' '))
    assert.equal(explains(status(503), 'read', undefined, weather), false)
  }
})

test('while no token counts, 503 is explained; 403 of a HEAD only where that is how tokens are refused', () => {
  for (const weather of ['revoked-401', 'revoked-403', 'outage'] as const) {
    assert.equal(explains(status(503), 'read', undefined, weather), true)
    assert.equal(explains(status(403), 'read', undefined, weather), false)
    assert.equal(explains(status(502), 'start', undefined, weather), true)
    assert.equal(explains(status(502), 'read', undefined, weather), false)
    assert.equal(explains(status(403), 'head', undefined, weather), weather === 'revoked-403')
  }
  assert.equal(explains(status(503), 'read', undefined, 'closing'), false)
})

test('a burst of errors explains the error of that burst alone, whatever the step', () => {
  for (const step of STEPS) {
    assert.equal(explains(status(500), step, undefined, 'server-errors'), true)
    assert.equal(explains(status(429), step, undefined, 'throttling'), true)
    for (const code of [429, 503, 504]) assert.equal(explains(status(code), step, undefined, 'server-errors'), false)
    for (const code of [500, 503, 504]) assert.equal(explains(status(code), step, undefined, 'throttling'), false)
    // Of a POST that ECR closes for want of the repository, only the proxy's own question tells why.
    for (const burst of ['server-errors', 'throttling'] as const) {
      assert.equal(explains(status(502), step, undefined, burst), step === 'start')
    }
    assert.equal(explains(BROKEN, step, undefined, 'server-errors', 'throttling'), false)
  }
})
