import type { ChildProcess } from 'node:child_process'
import { loadavg } from 'node:os'
import { prepareGround } from './ground.ts'
import type { Step } from './lane.ts'
import type { Target } from './load.ts'
import { OpenLoop, type Visit } from './open-loop.ts'
import { type Outcomes, rateOf } from './outcomes.ts'
import { CpuUse, pidOf, stop } from './process.ts'
import { percentiles } from './statistics.ts'
import { ours, type Subject, untilReady } from './subjects.ts'

// What is accepted under twice the load that saturates the proxy's one core: is it served as quickly as ever, and is all
// well again soon after? Load generator and upstream have the other core; on a machine of one, this measures them.
const CONNECTIONS = 128
const WARM_UP_SHARE = 0.8
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
const NOTHING = Buffer.alloc(0)
const LAYER = Buffer.alloc(256 * 1024)
const PUSHED_MANIFEST = Buffer.alloc(2048)

const PULL: Visit = [step('GET', MANIFEST, 200), step('GET', BLOB, 307), step('GET', BLOB, 307), step('GET', BLOB, 307)]
const PUSH: Visit = [
  step('HEAD', BLOB, 307),
  step('POST', UPLOADS, 202),
  step('PATCH', `${UPLOADS}1`, 202, LAYER),
  step('PUT', `${UPLOADS}1`, 201),
  step('PUT', MANIFEST, 201, PUSHED_MANIFEST),
]
/** A registry is read more than it is written. */
const VISITS: readonly Visit[] = [...Array.from({ length: 9 }, () => PULL), PUSH]

/** Latency says nothing about the proxy where others take its core. */
const LOAD_BEFORE = `load average of the machine before: ${(loadavg()[0] ?? 0).toFixed(2)}`
const ground = await prepareGround()
const target: Target = { origin: `https://localhost:${PORT}`, ca: ground.ca }
try {
  const subject = ours(ground)
  const { perSecond, used } = await running(subject, 'off', saturating)
  process.stdout.write(`${perSecond.toFixed(0)} visits a second saturate one core: ${used}; ${LOAD_BEFORE}\n`)
  const problems = await running(subject, '', async (proxy) => overload(perSecond, proxy))
  for (const problem of problems) process.stdout.write(`missed: ${problem}\n`)
  if (problems.length > 0) process.exitCode = 1
} finally {
  await ground.close()
}

function step(method: string, path: string, status: number, body = NOTHING): Step {
  return { method, path, status, body }
}

/** `utilization` is the proxy's MAX_EVENT_LOOP_UTILIZATION; an empty one is the default. */
async function running<T>(
  subject: Subject,
  utilization: string,
  work: (proxy: ChildProcess) => Promise<T>,
): Promise<T> {
  process.env['MAX_EVENT_LOOP_UTILIZATION'] = utilization
  const child = subject.start(PORT)
  try {
    await untilReady(child, target, '/readyz')
    return await work(child)
  } finally {
    await stop(child)
  }
}

/** As many as it can, once what the JIT compiles is compiled: the best of three. */
async function saturating(proxy: ChildProcess): Promise<{ perSecond: number; used: string }> {
  await rateOfAllAtOnce()
  const use = cpuUse(proxy)
  const rates: number[] = []
  while (rates.length < 3) rates.push(await rateOfAllAtOnce())
  return { perSecond: Math.max(...rates), used: told(use) }
}

/** All are due at once, and wait for a connection. */
async function rateOfAllAtOnce(): Promise<number> {
  const load = await OpenLoop.connect(target, VISITS, CONNECTIONS)
  const all = await load.run({ perSecond: SATURATING_VISITS * 1e6, seconds: 1e-6 })
  await load.end()
  return rateOf(SATURATING_VISITS, all)
}

async function overload(perSecond: number, proxy: ChildProcess): Promise<string[]> {
  const quiet = perSecond * UNLOADED_SHARE
  const warmUp = await OpenLoop.connect(target, VISITS, CONNECTIONS)
  const warmedUp = await warmUp.run({ perSecond: perSecond * WARM_UP_SHARE, seconds: WARM_UP_SECONDS })
  await warmUp.end()
  const load = await OpenLoop.connect(target, VISITS, CONNECTIONS)
  const unloaded = await load.run({ perSecond: quiet, seconds: UNLOADED_SECONDS })
  const use = cpuUse(proxy)
  const overloaded = await load.run({ perSecond: perSecond * OVERLOAD, seconds: OVERLOAD_SECONDS })
  const used = told(use)
  const after = await load.run({ perSecond: quiet, seconds: AFTER_SECONDS })
  await load.end()
  const endedAt = (UNLOADED_SECONDS + OVERLOAD_SECONDS) * 1000
  const lastShed = Math.max(endedAt, overloaded.lastDue('shed'), after.lastDue('shed'))
  const [ratio, recovered] = [p99(overloaded) / p99(unloaded), p99(after, endedAt + RECOVERY_MS)]
  const failures = [warmedUp, unloaded, overloaded, after].flatMap((each) => each.failures)
  const rows = [
    [
      'load',
      'requests',
      'accepted',
      'shed',
      'failed',
      'p50 ms of what is accepted',
      'p99 ms',
      'whole visits',
      'visits late, p99 ms',
    ],
    ['---', '---', '---', '---', '---', '---', '---', '---', '---'],
    row(`${UNLOADED_SHARE} x`, unloaded),
    row(`${OVERLOAD} x`, overloaded),
    row(`${UNLOADED_SHARE} x, after it`, after),
  ]
  process.stdout.write(`${rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}\n`)
  process.stdout.write(
    `under ${OVERLOAD} x the load: ${used}; ` +
      `whole visits are ${percent(overloaded.whole / (perSecond * OVERLOAD_SECONDS))} of those that saturate\n` +
      `p99 is ${ratio.toFixed(1)} x the unloaded one (goal < ${GOAL_RATIO}); the last one was shed ` +
      `${(lastShed - endedAt).toFixed(0)} ms after it, and from ${RECOVERY_MS} ms on p99 is ${recovered.toFixed(1)} ms\n`,
  )
  const problems: string[] = []
  if (!(ratio < GOAL_RATIO)) problems.push('p99 of what is accepted')
  if (failures.length > 0) problems.push(`${failures.length} requests failed: ${[...new Set(failures)].join(', ')}`)
  const isWell = lastShed <= endedAt + RECOVERY_MS && recovered < GOAL_RATIO * p99(unloaded)
  if (!isWell) problems.push(`recovery within ${RECOVERY_MS} ms`)
  if (overloaded.count('shed') === 0) problems.push('nothing was shed: this was no overload')
  return problems
}

/** Load generator and upstream have to have room, or this measures them. */
function cpuUse(proxy: ChildProcess): CpuUse {
  return new CpuUse([pidOf(proxy), ground.upstreamPid])
}

function told(use: CpuUse): string {
  const { others, own } = use.take()
  const [proxy = 0, upstream = 0] = others
  return `the proxy used ${percent(proxy)} of a core, the upstream ${percent(upstream)}, the load generator ${percent(own)}`
}

function row(name: string, outcomes: Outcomes): string[] {
  const [accepted, shed, failed] = [outcomes.count('accepted'), outcomes.count('shed'), outcomes.count('failed')]
  const counts = [outcomes.length, accepted, `${shed} (${percent(shed / outcomes.length)})`, failed]
  const { p50 } = percentiles(outcomes.latencies())
  const late = percentiles(outcomes.lateMs).p99
  const figures = [p50.toFixed(1), p99(outcomes).toFixed(1), String(outcomes.whole), late.toFixed(1)]
  return [name, ...counts.map(String), ...figures]
}

function p99(outcomes: Outcomes, from = 0): number {
  return percentiles(outcomes.latencies(from)).p99
}

function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`
}
