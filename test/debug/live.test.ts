import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Live } from '../../src/debug/live.ts'
import { COLUMNS } from '../../src/debug/row.ts'
import { distribution, snapshotOf } from './snapshots.ts'

test('each sample is a row, and the table tells what came since the oldest snapshot that is kept', (t) => {
  let requests = 0
  t.mock.method(performance, 'now', () => 1000 * requests)
  const at = (second: number): number => Math.round(performance.timeOrigin + 1000 * second)
  const live = new Live(
    {
      snapshot: () =>
        snapshotOf(
          { repositories: [{ repository: 'team/app', pulls: requests, pushes: 0 }] },
          { tags: { requests, durationMs: distribution(20, requests) } },
        ),
      pool: () => undefined,
      tokenRefreshInMs: () => undefined,
    },
    'process',
  )
  for (let i = 0; i < 100; i++) {
    requests += 1
    live.sample()
  }
  const { columns, rows, minute, repositories } = live.numbers(at(97))
  assert.deepEqual(columns, COLUMNS)
  assert.deepEqual(
    rows.map(([each]) => each),
    [98, 99, 100].map(at),
  )
  const [none, , , , tags] = minute.operations
  // A mark is kept for every ten samples, the sixth last is a minute ago at most.
  assert.equal(tags?.requests, 50)
  assert.deepEqual([tags?.p50Ms, tags?.p90Ms, tags?.p99Ms], [20, 20, 20])
  assert.deepEqual([none?.requests, none?.p50Ms], [0, null])
  assert.deepEqual(repositories, [{ repository: 'team/app', pulls: 100, pushes: 0 }])
})

test('of many repositories the busiest are told', () => {
  const repositories = Array.from({ length: 100 }, (_, i) => ({ repository: `r${i}`, pulls: i % 50, pushes: i }))
  const live = new Live(
    {
      snapshot: () => snapshotOf({ repositories }),
      pool: () => undefined,
      tokenRefreshInMs: () => undefined,
    },
    'process',
  )
  const told = live.numbers(0).repositories
  assert.equal(told.length, 15)
  assert.equal(told[0]?.repository, 'r99')
})

test('started, it takes a sample a second; stopped, none', (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] })
  const live = new Live(
    { snapshot: () => snapshotOf(), pool: () => undefined, tokenRefreshInMs: () => undefined },
    'process',
  )
  live.start()
  t.mock.timers.tick(3000)
  live.stop()
  t.mock.timers.tick(3000)
  assert.equal(live.numbers(0).rows.length, 3)
})

test('it says which process it is, and since when', () => {
  const live = new Live(
    { snapshot: () => snapshotOf(), pool: () => undefined, tokenRefreshInMs: () => undefined },
    'process',
  )
  const { pid, startedAt, uptimeSeconds } = live.numbers(0).process
  assert.equal(pid, process.pid)
  assert.ok(Math.abs(Date.now() - startedAt - uptimeSeconds * 1000) < 60_000, `${startedAt} and ${uptimeSeconds}`)
})

test('what has become slow in the last minute stands beside the ten before it', (t) => {
  let second = 0
  t.mock.method(performance, 'now', () => 1000 * second)
  const quick = (): readonly [number, number] => [100, Math.min(second, 700)]
  const slow = (): readonly [number, number] => [9000, Math.max(0, second - 700)]
  const snapshot = () =>
    snapshotOf(
      { tokenAgeSeconds: 60 },
      { tags: { requests: second, durationMs: { count: second, sum: 0, buckets: [quick(), slow()] } } },
    )
  const live = new Live({ snapshot, pool: () => undefined, tokenRefreshInMs: () => undefined }, 'process')
  const told = (): (string | undefined)[] => live.numbers(0).findings.map(({ text }) => text.split(';')[0])
  while (second < 700) {
    second += 1
    live.sample()
  }
  assert.deepEqual(told(), ['nothing stands out in the last 10 minutes'])
  while (second < 760) {
    second += 1
    live.sample()
  }
  assert.deepEqual(told(), [
    'the slowest hundredth of tags takes over 9.0 s in the last minute, and took 100 ms before',
  ])
})

// It said that all was well while no worker listened.
test('workers that are not ready are the first that is found, as long as they are not', (t) => {
  let second = 0
  t.mock.method(performance, 'now', () => 1000 * second)
  let reason: string | undefined = 'no worker listens'
  const snapshot = () => snapshotOf({ tokenAgeSeconds: 60 })
  const sources = { snapshot, pool: () => undefined, tokenRefreshInMs: () => undefined, workersNotReady: () => reason }
  const live = new Live(sources, 'crew')
  while (second < 20) {
    second += 1
    live.sample()
  }
  assert.deepEqual(live.numbers(0).findings, [
    { level: 'warning', text: '/readyz is 503, because no worker listens: the log has the reason' },
  ])
  reason = undefined
  assert.deepEqual(
    live.numbers(0).findings.map(({ level }) => level),
    ['good'],
  )
})
