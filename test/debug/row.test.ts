import assert from 'node:assert/strict'
import { test } from 'node:test'
import { History } from '../../src/debug/history.ts'
import { COLUMNS, type Row, rowBetween } from '../../src/debug/row.ts'
import { distribution, readingOf, snapshotOf } from './snapshots.ts'

/** The columns of a row that are neither 0 nor unknown. */
function filled(row: Row): Record<string, number> {
  return Object.fromEntries([...row].filter(([, value]) => value !== 0 && !Number.isNaN(value)))
}

test('a row tells what came per second, whatever time has passed, and what is', () => {
  const older = readingOf(1000, {
    metrics: snapshotOf({}, { 'manifest-pull': { requests: 10, bytesOut: 1000, durationMs: distribution(5, 10) } }),
  })
  const newer = readingOf(3000, {
    metrics: snapshotOf(
      {
        at: 1_700_000_002_000,
        inFlight: 3,
        tokenAgeSeconds: 60,
        certificateDaysLeft: 40,
        totals: {
          upstreamErrors: 2,
          throttles: 4,
          retries: 0,
          tokenRefreshes: 0,
          tokenRefreshFailures: 6,
          shedRequests: 8,
        },
        eventLoopDelayMs: {
          count: 3,
          sum: 0,
          buckets: [
            [10, 2],
            [20, 1],
          ],
        },
      },
      {
        'manifest-pull': {
          requests: 30,
          clientErrors: 2,
          serverErrors: 4,
          bytesIn: 20,
          bytesOut: 3000,
          durationMs: {
            count: 30,
            sum: 2050,
            buckets: [
              [5, 10],
              [100, 20],
            ],
          },
          upstreamMs: distribution(50, 20),
        },
      },
    ),
    process: {
      now: 3000,
      cpuMs: 500,
      rss: 1,
      heapUsed: 2,
      arrayBuffers: 3,
      activeHandles: 4,
      loop: { idle: 1500, active: 500, utilization: 0.25 },
    },
    pool: { connected: 5, running: 6, waiting: 7 },
    tokenRefreshInMs: 90_000,
  })
  assert.deepEqual(filled(rowBetween(older, newer)), {
    at: Math.round(performance.timeOrigin + 3000),
    p50Ms: 100,
    p90Ms: 100,
    p99Ms: 100,
    inFlight: 3,
    bytesIn: 10,
    bytesOut: 1000,
    upstreamErrors: 1,
    throttles: 2,
    tokenRefreshFailures: 3,
    shedRequests: 4,
    tokenAgeSeconds: 60,
    tokenRefreshInSeconds: 90,
    certificateDaysLeft: 40,
    poolConnected: 5,
    poolRunning: 6,
    poolWaiting: 7,
    cpuPercent: 25,
    loopPercent: 25,
    rss: 1,
    heapUsed: 2,
    arrayBuffers: 3,
    loopDelayMs: 10,
    loopDelayMaxMs: 20,
    activeHandles: 4,
    'requests manifest-pull': 10,
    'clientErrors manifest-pull': 1,
    'serverErrors manifest-pull': 2,
    'p99Ms manifest-pull': 100,
  })
})

test('a row counts from the reading before, not from the start of the process', () => {
  const at = (seconds: number) => {
    const numbers = { requests: 7 * seconds, clientErrors: 5 * seconds, serverErrors: 2 * seconds }
    return readingOf(1000 * seconds, {
      metrics: snapshotOf({ totals: { ...snapshotOf().totals, throttles: 3 * seconds } }, { tags: numbers }),
      process: {
        ...readingOf(1000 * seconds).process,
        cpuMs: 400 * seconds,
        loop: { active: 200 * seconds, idle: 800 * seconds, utilization: 0 },
      },
    })
  }
  const row = filled(rowBetween(at(10), at(11)))
  assert.deepEqual(row, {
    at: row['at'],
    throttles: 3,
    cpuPercent: 40,
    loopPercent: 20,
    'requests tags': 7,
    'clientErrors tags': 5,
    'serverErrors tags': 2,
  })
})

test('a row has every column, and what is unknown is unknown, not 0', () => {
  const row = rowBetween(readingOf(0), readingOf(1000))
  assert.deepEqual([...row.keys()].toSorted(), [...COLUMNS].toSorted())
  for (const column of [
    'p50Ms',
    'tokenAgeSeconds',
    'tokenRefreshInSeconds',
    'certificateDaysLeft',
    'poolConnected',
    'p99Ms tags',
  ] as const) {
    assert.ok(Number.isNaN(row.get(column)), column)
  }
  assert.equal(row.get('requests tags'), 0)
})

test('a history keeps as many rows as it may, the oldest first, and gives those that are new', () => {
  const history = new History(3)
  assert.deepEqual(history.series('at'), [])
  for (let at = 1; at <= 5; at++)
    history.add(
      new Map([
        ['at', at],
        ['p50Ms', at / 3],
      ]),
    )
  assert.deepEqual(history.series('at'), [3, 4, 5])
  const place = (column: (typeof COLUMNS)[number]): number => COLUMNS.indexOf(column)
  const rows = history.since(3)
  assert.deepEqual(
    rows.map((row) => row[place('at')]),
    [4, 5],
  )
  assert.deepEqual(
    rows.map((row) => row[place('p50Ms')]),
    [1.333, 1.667],
  )
  assert.deepEqual(
    rows.map((row) => row[place('rss')]),
    [null, null],
  )
  assert.deepEqual(history.since(5), [])
})
