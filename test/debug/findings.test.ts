import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findingsOf, type Whose } from '../../src/debug/findings.ts'
import { constant, found, NOTHING_CAME, SECOND_BY_SECOND, type Series, step, textsOf } from './pasts.ts'

// A process that stood still has one row for all that time, whose rates are its counts divided by it.
test('what came while the process stood still is counted whole', () => {
  const at = [...Array.from({ length: 280 }, (_, i) => i * 1000), 299_000]
  const past: Series = {
    at,
    tokenAgeSeconds: at.map(() => 60),
    certificateDaysLeft: at.map(() => 40),
    shedRequests: at.map((_, i) => (i === 280 ? 5 : 0)),
    tokenRefreshFailures: at.map((_, i) => (i === 280 ? 0.05 : 0)),
    loopDelayMaxMs: at.map((_, i) => (i === 280 ? 19_000 : 5)),
    // At its end; before, nobody looked.
    poolWaiting: at.map((_, i) => (i === 280 ? 3 : 0)),
  }
  const told = textsOf({ series: (column) => past[column] ?? at.map(() => 0) }).map((text) => text.split(':')[0])
  assert.deepEqual(told, [
    '100 requests were shed in the last minute',
    'the token could not be renewed once',
    'event loop delay over 100 ms for 20 s',
  ])
})

test('what is longer ago than a minute is not of the last minute, however many rows that is', () => {
  const at = [0, 1000, 61_000, 62_000]
  const past: Series = { at, tokenAgeSeconds: at.map(() => 60), shedRequests: [0, 30, 0.05, 0] }
  const [told = ''] = textsOf({ series: (column) => past[column] ?? at.map(() => 0) })
  assert.match(told, /^3 requests were shed/)
})

test('a past without anything is told in one line, and no past in none', () => {
  assert.deepEqual(found({}), ['nothing stands out in the last 5 minutes'])
  assert.deepEqual(textsOf({ series: () => [] }), [])
})

const TOLD: [what: string, series: Series, text: RegExp][] = [
  [
    'a busy event loop',
    { loopDelayMaxMs: [...constant(5, 180), ...constant(150, 120)] },
    /^event loop delay over 100 ms for 2 minutes: /,
  ],
  ['a process at its limit', { cpuPercent: step(20, 95) }, /^CPU over 90 % of a core for 60 s: /],
  [
    'failing requests',
    { 'serverErrors layer-pull': step(0, 1) },
    /^10 % of the requests of the last minute failed with 5xx \(60 of 600\), most of them layer-pull: /,
  ],
  ['shed requests', { shedRequests: step(0, 2) }, /^120 requests were shed in the last minute: /],
  ['no token', { tokenAgeSeconds: constant(Number.NaN) }, /^there is no ECR token: /],
  [
    'a token that could not be renewed',
    { tokenRefreshFailures: [...constant(0, 100), 1, ...constant(0, 199)], tokenAgeSeconds: constant(40_000) },
    /^the token could not be renewed once: /,
  ],
  [
    'a token that is older than the last failure',
    { tokenRefreshFailures: [...constant(0, 239), 1, ...constant(0, 60)], tokenAgeSeconds: constant(62) },
    /^the token could not be renewed once: /,
  ],
  [
    'a certificate that was not renewed in time',
    { certificateDaysLeft: constant(13) },
    /^the TLS certificate expires in 13 days: a renewed pair in its files is served within seconds$/,
  ],
  ['an expired certificate', { certificateDaysLeft: step(0, -1) }, /^the TLS certificate has expired: /],
  [
    'requests that wait for a connection',
    { poolWaiting: step(0, 7) },
    /^requests have waited for a connection to ECR for 60 s, 7 of them now: /,
  ],
  ['throttling', { throttles: step(0, 0.5) }, /^ECR throttled 30 requests in the last minute: /],
  [
    'errors of the upstream',
    { upstreamErrors: step(0, 0.5) },
    /^ECR answered 30 requests of the last minute with an error/,
  ],
  [
    'a heap that grows',
    { heapUsed: step(40 * 1024 * 1024, 90 * 1024 * 1024) },
    /^what V8's heap holds after collections grew from 40 MiB to 90 MiB in 5 minutes: /,
  ],
  [
    'handles that nobody uses',
    { activeHandles: step(20, 500) },
    /^active handles grew from 20 to 500 in 5 minutes, more than the requests in flight: /,
  ],
]

for (const [what, series, text] of TOLD) {
  test(`${what} is told`, () => {
    const texts = found(series)
    assert.equal(texts.length, 1)
    assert.match(texts[0] ?? '', text)
  })
}

const NOT_TOLD: [what: string, series: Series][] = [
  ['a loop that was late once', { loopDelayMaxMs: [...constant(5, 299), 500] }],
  ['a busy time that is over', { cpuPercent: step(99, 20) }],
  ['a certificate that has weeks left', { certificateDaysLeft: constant(14) }],
  ['a certificate that was renewed', { certificateDaysLeft: step(1, 89) }],
  [
    'a token that was renewed after failures',
    { tokenRefreshFailures: [1, 0, 1, ...constant(0, 297)], tokenAgeSeconds: constant(296) },
  ],
  [
    'a token that came within a second of a failure',
    { tokenRefreshFailures: [1, 0, 1, ...constant(0, 297)], tokenAgeSeconds: constant(298) },
  ],
  ['one failure', { 'serverErrors layer-pull': [...constant(0, 299), 1] }],
  ['few failures of many', { 'requests layer-pull': constant(1000), 'serverErrors layer-pull': step(0, 1) }],
  ['a heap that grows while it warms up', { heapUsed: step(10 * 1024 * 1024, 20 * 1024 * 1024) }],
  ['a large heap that grows by a tenth', { heapUsed: step(1000 * 1024 * 1024, 1100 * 1024 * 1024) }],
  ['many handles that become a tenth more', { activeHandles: step(3000, 3300) }],
  ['handles of requests in flight', { activeHandles: step(20, 320), inFlight: step(0, 100) }],
  ['one error of the upstream', { upstreamErrors: [...constant(0, 299), 1] }],
]

for (const [what, series] of NOT_TOLD) {
  test(`${what} is not told`, () => {
    assert.deepEqual(found(series), ['nothing stands out in the last 5 minutes'])
  })
}

test('the gravest stands first, and a profile is one link away', () => {
  const past = { cpuPercent: constant(99), shedRequests: constant(1) }
  assert.deepEqual(
    found(past).map((text) => text.slice(0, 8)),
    ['60 reque', 'CPU over'],
  )
  const all: Series = { at: SECOND_BY_SECOND, tokenAgeSeconds: constant(1), certificateDaysLeft: constant(40), ...past }
  const [, busy] = findingsOf({ series: (column) => all[column] ?? constant(0) }, NOTHING_CAME, 'process')
  assert.equal(busy?.level, 'warning')
  assert.equal(busy?.link, '/debug/clinic/flame')
})

test('a past too short for growth tells none', () => {
  const short: Series = {
    at: SECOND_BY_SECOND.slice(0, 20),
    tokenAgeSeconds: constant(1, 20),
    certificateDaysLeft: constant(40, 20),
  }
  const texts = textsOf({ series: (column) => short[column] ?? constant(0, 20) })
  assert.deepEqual(texts, ['nothing stands out in the last 20 s'])
})

test('of workers the primary tells what it knows, and where the rest is', () => {
  const ofOwnProcess: Series = { cpuPercent: constant(99), poolWaiting: constant(3), activeHandles: step(20, 500) }
  assert.deepEqual(found(ofOwnProcess, NOTHING_CAME, 'crew'), [
    'nothing stands out in the requests of all workers in the last 5 minutes; CPU and connections of each are on its own page',
  ])
  assert.deepEqual(found({ loopDelayMaxMs: constant(150) }, NOTHING_CAME, 'crew'), [
    'event loop delay over 100 ms for 5 minutes in one of the workers, or several: the pages of each tell in which',
  ])
  const past: Series = {
    at: SECOND_BY_SECOND,
    tokenAgeSeconds: constant(1),
    certificateDaysLeft: constant(40),
    loopDelayMaxMs: constant(150),
  }
  const told = (whose: Whose) => findingsOf({ series: (column) => past[column] ?? constant(0) }, NOTHING_CAME, whose)
  assert.deepEqual(
    told('crew').map(({ link }) => link),
    [undefined],
  )
  assert.deepEqual(
    told('process').map(({ link }) => link),
    ['/debug/clinic/flame'],
  )
})
