import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Sample } from './slope.ts'
import { type Findings, problemsOf } from './verdict.ts'

const LOG = [
  '{"level":30,"msg":"shutting down","inFlight":0}',
  '{"level":40,"msg":"request failed at the upstream"}',
  '{"level":30,"msg":"shut down","cut":0}',
  '',
].join('\n')

/** Five minutes, growing by so much a minute in the first three, and in the two after them. */
function samples(warmUpMiB: number, laterMiB: number): Sample[] {
  return Array.from({ length: 300 }, (_, second) => ({
    atMs: 40_000 + second * 1000,
    residentMiB: 80 + (Math.min(second, 180) * warmUpMiB + Math.max(0, second - 180) * laterMiB) / 60,
    descriptors: 3,
  }))
}

function findings(changed: Partial<Findings>): Findings {
  return {
    samples: samples(0, 0),
    exercised: new Map([
      ['pull', 3],
      ['reset', 1],
    ]),
    weathers: [],
    unexplained: [],
    notStarted: 0,
    descriptorsBefore: 2,
    descriptorsAfter: ['socket:[71]', '/dev/null'],
    ended: { code: 0, signal: null, log: LOG, stderr: '' },
    restarted: [],
    certificates: [],
    ...changed,
  }
}

function only(changed: Partial<Findings>): string {
  const problems = problemsOf(findings(changed), 5)
  assert.equal(problems.length, 1, problems.join('\n'))
  return problems[0] ?? ''
}

test('a run without a fault of the proxy passes; growth during the warm-up is none', () => {
  assert.deepEqual(problemsOf(findings({}), 5), [])
  assert.deepEqual(problemsOf(findings({ samples: samples(30, 0.9) }), 5), [])
})

test('growth after the warm-up fails, and so does a run that has nothing to tell it from', () => {
  assert.match(only({ samples: samples(0, 1.2) }), /^resident memory grows by 1\.20 MiB a minute, 1 at most expected$/)
  assert.match(only({ samples: [] }), /grows by NaN MiB/)
})

test('descriptors must be as many as before, and those that are left are told by what they are', () => {
  const after = ['socket:[71]', 'socket:[72]', '/dev/null']
  assert.equal(only({ descriptorsAfter: after }), '2 descriptors before the load, 3 after it: socket socket /dev/null')
  assert.match(only({ descriptorsAfter: [] }), /^2 descriptors before the load, 0 after it/)
})

test('every unexplained failure fails it; ten are told', () => {
  assert.equal(only({ unexplained: ['operation 3: no'] }), 'unexplained failure: operation 3: no')
  const many = problemsOf(findings({ unexplained: Array.from({ length: 12 }, (_, i) => String(i)) }), 5)
  assert.deepEqual(many.slice(9), ['unexplained failure: 9', '2 more unexplained failures'])
})

test('what never ran fails it, with the cure, and so does what could not start', () => {
  const never = new Map([
    ['pull', 0],
    ['tags', 1],
    ['outage', 0],
  ])
  assert.equal(
    only({ exercised: never }),
    'never ran, or never succeeded: pull, outage; give it more MINUTES or a higher RATE',
  )
  assert.match(only({ notStarted: 4 }), /^4 operations had to be left out/)
})

test('an end that is not in order fails it', () => {
  const ended = { code: 0, signal: null, log: LOG, stderr: '' }
  assert.match(only({ ended: { ...ended, code: 1 } }), /ended with code 1, code 0 expected/)
  assert.match(only({ ended: { ...ended, code: null, signal: 'SIGKILL' } }), /ended with SIGKILL/)
  assert.match(
    only({ ended: { ...ended, stderr: '(node:1) MaxListenersExceededWarning: 11 close listeners\n' } }),
    /wrote to stderr: \(node:1\) MaxListenersExceededWarning: 11 close listeners$/,
  )
  assert.match(only({ ended: { ...ended, log: LOG.replace('"inFlight":0', '"inFlight":2') } }), /^2 was in flight/)
  assert.match(only({ ended: { ...ended, log: LOG.replace('"cut":0', '"cut":1') } }), /^1 was cut/)
  assert.equal(problemsOf(findings({ ended: { ...ended, log: '' } }), 5).length, 2)
})

test('an error in the log of the proxy fails it, and names the request', () => {
  const line = '{"level":50,"msg":"request failed inside the proxy","reqId":"soak-7-2"}\n'
  const ended = { code: 0, signal: null, log: line + LOG, stderr: '' }
  assert.equal(only({ ended }), `the proxy's log has an error, "request failed inside the proxy", of request soak-7-2`)
})

test('a proxy that is restarted may have requests in flight, and may cut none; nor may a certificate or a token fail', () => {
  const log = LOG.replace('"inFlight":0', '"inFlight":9')
  const busy = { code: 0, signal: null, log, stderr: '' }
  assert.deepEqual(problemsOf(findings({ restarted: [busy, busy] }), 5), [])
  assert.match(only({ restarted: [{ ...busy, log: log.replace('"cut":0', '"cut":2') }] }), /^restarted: 2 was cut/)
  assert.match(only({ restarted: [{ ...busy, code: 1 }] }), /^restarted: the proxy ended with code 1/)
  assert.equal(only({ certificates: ['the old one is served'] }), 'the old one is served')
  assert.equal(only({ weathers: ['outage: no token'] }), 'outage: no token')
})
