import { loadavg } from 'node:os'
import { prepareGround } from './ground.ts'
import type { Target } from './load.ts'
import { openLoop, type Outcome, rateOf, type Step, type Visit } from './open-loop.ts'
import { stop } from './process.ts'
import { ours, type Subject, untilReady } from './subjects.ts'

// What is accepted under twice the load that saturates the proxy's one core: is it served as quickly as ever, and is all
// well again soon after? Load generator and upstream have the other core; on a machine of one, this measures them.
const CONNECTIONS = 128
const WARM_UP_SECONDS = 10
const UNLOADED_SHARE = 0.1
const UNLOADED_SECONDS = 10
const OVERLOAD = 2
const OVERLOAD_SECONDS = 60
const AFTER_SECONDS = 5
const SATURATING_VISITS = 4000
const GOAL_RATIO = 5
const RECOVERY_MS = 2000
const PORT = 17_500

const REPOSITORY = '/v2/bench/app'
const BLOB = `${REPOSITORY}/blobs/sha256:${'c'.repeat(64)}`
const UPLOADS = `${REPOSITORY}/blobs/uploads/`
const MANIFEST = `${REPOSITORY}/manifests/1`
const LAYER_BYTES = 256 * 1024
const MANIFEST_BYTES = 2048

const PULL: Visit = [step('GET', MANIFEST, 200), step('GET', BLOB, 307), step('GET', BLOB, 307), step('GET', BLOB, 307)]
const PUSH: Visit = [
  step('HEAD', BLOB, 307),
  step('POST', UPLOADS, 202),
  step('PATCH', `${UPLOADS}1`, 202, LAYER_BYTES),
  step('PUT', `${UPLOADS}1`, 201),
  step('PUT', MANIFEST, 201, MANIFEST_BYTES),
]
/** A registry is read more than it is written. */
const VISITS: readonly Visit[] = [...Array.from({ length: 9 }, () => PULL), PUSH]

/** Latency says nothing about the proxy where others take its core. */
const LOAD_BEFORE = `load average of the machine before: ${(loadavg()[0] ?? 0).toFixed(2)}`
const ground = await prepareGround()
const target: Target = { origin: `https://localhost:${PORT}`, ca: ground.ca }
try {
  const subject = ours(ground)
  const perSecond = await running(subject, 'off', saturatingRate)
  process.stdout.write(`one core is saturated by ${perSecond.toFixed(0)} visits a second; ${LOAD_BEFORE}\n`)
  const problems = await running(subject, '', async () => overload(perSecond))
  for (const problem of problems) process.stdout.write(`missed: ${problem}\n`)
  if (problems.length > 0) process.exitCode = 1
} finally {
  await ground.close()
}

function step(method: string, path: string, status: number, bodyBytes = 0): Step {
  return { method, path, status, bodyBytes }
}

/** `utilization` is the proxy's MAX_EVENT_LOOP_UTILIZATION; an empty one is the default. */
async function running<T>(subject: Subject, utilization: string, work: () => Promise<T>): Promise<T> {
  process.env['MAX_EVENT_LOOP_UTILIZATION'] = utilization
  const child = subject.start(PORT)
  try {
    await untilReady(child, target, '/readyz')
    return await work()
  } finally {
    await stop(child)
  }
}

/** As many as it can, once what the JIT compiles is compiled: the best of three. */
async function saturatingRate(): Promise<number> {
  const rates: number[] = []
  for (let i = 0; i < 4; i += 1) {
    // All are due at once, and wait for a connection.
    const [all = []] = await openLoop(target, VISITS, CONNECTIONS, [
      { perSecond: SATURATING_VISITS * 1e6, seconds: 1e-6 },
    ])
    rates.push(rateOf(SATURATING_VISITS, all))
  }
  return Math.max(...rates.slice(1))
}

async function overload(perSecond: number): Promise<string[]> {
  const quiet = { perSecond: perSecond * UNLOADED_SHARE, seconds: UNLOADED_SECONDS }
  const loud = { perSecond: perSecond * OVERLOAD, seconds: OVERLOAD_SECONDS }
  await openLoop(target, VISITS, CONNECTIONS, [{ perSecond: perSecond * 0.8, seconds: WARM_UP_SECONDS }])
  const measured = await openLoop(target, VISITS, CONNECTIONS, [quiet, loud, { ...quiet, seconds: AFTER_SECONDS }])
  const [unloaded = [], overloaded = [], after = []] = measured
  const endedAt = (UNLOADED_SECONDS + OVERLOAD_SECONDS) * 1000
  const lastShed = Math.max(endedAt, ...after.filter(({ became }) => became === 'shed').map(({ dueAt }) => dueAt))
  const recovered = after.filter(({ dueAt }) => dueAt > endedAt + RECOVERY_MS)
  const isWell = recovered.every(({ became }) => became === 'accepted') && p99(recovered) < GOAL_RATIO * p99(unloaded)
  const failures = measured.flat().flatMap(({ failure }) => failure ?? [])
  const ratio = p99(overloaded) / p99(unloaded)
  const rows = [
    ['load', 'requests', 'accepted', 'shed', 'failed', 'p50 ms of what is accepted', 'p99 ms'],
    ['---', '---', '---', '---', '---', '---', '---'],
    row(`${UNLOADED_SHARE} x`, unloaded),
    row(`${OVERLOAD} x`, overloaded),
    row(`${UNLOADED_SHARE} x, after it`, after),
  ]
  process.stdout.write(`${rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}\n`)
  process.stdout.write(
    `p99 under ${OVERLOAD} x the load is ${ratio.toFixed(1)} x the unloaded one (goal < ${GOAL_RATIO}); ` +
      `the last one was shed ${(lastShed - endedAt).toFixed(0)} ms after it, and from ${RECOVERY_MS} ms on p99 is ` +
      `${p99(recovered).toFixed(1)} ms\n`,
  )
  const problems: string[] = []
  if (!(ratio < GOAL_RATIO)) problems.push('p99 of what is accepted')
  if (failures.length > 0) problems.push(`${failures.length} requests failed: ${[...new Set(failures)].join(', ')}`)
  if (!isWell) problems.push(`recovery within ${RECOVERY_MS} ms`)
  if (!overloaded.some(({ became }) => became === 'shed')) problems.push('nothing was shed: this was no overload')
  return problems
}

function row(name: string, outcomes: Outcome[]): string[] {
  const count = (kind: Outcome['became']): number => outcomes.filter(({ became }) => became === kind).length
  const share = (count('shed') / outcomes.length) * 100
  const counts = [outcomes.length, count('accepted'), `${count('shed')} (${share.toFixed(0)} %)`, count('failed')]
  return [name, ...counts.map(String), percentile(outcomes, 0.5).toFixed(1), p99(outcomes).toFixed(1)]
}

function p99(outcomes: Outcome[]): number {
  return percentile(outcomes, 0.99)
}

function percentile(outcomes: Outcome[], share: number): number {
  const sorted = outcomes.filter(({ became }) => became === 'accepted').map(({ latency }) => latency)
  sorted.sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length * share)] ?? Number.NaN
}
