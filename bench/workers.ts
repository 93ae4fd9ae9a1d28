import { readdirSync, readFileSync } from 'node:fs'
import { freePort } from '../test/process/proxy-process.ts'
import { CpuShare } from './cpu-share.ts'
import { prepareGround } from './ground.ts'
import { KeptConnections, type Target } from './load.ts'
import { CpuUse, pidOf, stop } from './process.ts'
import { median, percentiles } from './statistics.ts'
import { ours, type Subject, untilReady } from './subjects.ts'
import { PULL } from './works.ts'

// Do two workers carry the manifest load of two? Load generator and upstream share the machine with the workers, so each
// worker is held to a share of a core that leaves them room; what they used of theirs is printed, to show that they had it.
const SHARE = 0.3
const ROUNDS = 3
const REQUESTS_PER_WORKER = 6000
const GOAL = 1.7

interface Run {
  perSecond: number
  p50: number
  p99: number
  /** Share of a core that each used meanwhile, from 0. */
  used: { workers: number[]; primary: number; load: number; upstream: number }
  /** Share of its periods in which a worker was held back, the least of all workers. */
  heldBack: number
}

const ground = await prepareGround()
const port = await freePort()
const target: Target = { origin: `https://localhost:${port}`, ca: ground.ca }
const runs = new Map<number, Run[]>([
  [1, []],
  [2, []],
])
try {
  const subject = ours(ground)
  for (let round = 1; round <= ROUNDS; round += 1) {
    for (const [workers, done] of runs) {
      process.stderr.write(`round ${round} of ${ROUNDS}: ${workers}\n`)
      done.push(await run(subject, workers))
    }
  }
} finally {
  await ground.close()
}

const heads = ['workers', 'requests/s', 'p50 ms', 'p99 ms', 'workers', 'primary', 'load', 'upstream', 'held back']
process.stdout.write(`${[heads, heads.map(() => '---')].map(line).join('\n')}\n`)
for (const [workers, done] of runs) for (const each of done) process.stdout.write(`${line(cells(workers, each))}\n`)
const ratio = rate(2) / rate(1)
const holds = ratio >= GOAL
process.stdout.write(
  `\nTwo workers carry ${ratio.toFixed(2)} x one, medians; goal ${GOAL}: ${holds ? 'holds' : 'missed'}\n`,
)
if (!holds) process.exitCode = 1

function rate(workers: number): number {
  return median((runs.get(workers) ?? []).map(({ perSecond }) => perSecond))
}

async function run(subject: Subject, workers: number): Promise<Run> {
  process.env['WORKERS'] = String(workers)
  const shares: CpuShare[] = []
  try {
    // Before there is a process: a machine where they cannot be made would be left with it.
    while (shares.length < workers) {
      shares.push(new CpuShare(`bench-workers-${process.pid}-${shares.length}`, SHARE))
    }
    return await runHeld(subject, shares)
  } finally {
    for (const share of shares) share.remove()
  }
}

async function runHeld(subject: Subject, shares: readonly CpuShare[]): Promise<Run> {
  const workers = shares.length
  const child = subject.start(port)
  const connections = new KeptConnections(target)
  try {
    await untilReady(child, target, '/readyz')
    const main = pidOf(child)
    const pids = workers === 1 ? [main] : childrenOf(main)
    // What the JIT has to warm up is not the question.
    await connections.requests(PULL, REQUESTS_PER_WORKER * workers)
    for (const [i, pid] of pids.entries()) shares[i]?.hold(pid)
    return await measured(connections, main, pids, shares)
  } finally {
    await connections.close()
    await stop(child)
  }
}

async function measured(
  connections: KeptConnections,
  main: number,
  pids: number[],
  shares: readonly CpuShare[],
): Promise<Run> {
  const use = new CpuUse([...pids, main, ground.upstreamPid])
  const startedAt = performance.now()
  const latencies = await connections.requests(PULL, REQUESTS_PER_WORKER * pids.length)
  const elapsed = performance.now() - startedAt
  const { others, own: load } = use.take()
  const workers = others.slice(0, pids.length)
  const [whole = 0, upstream = 0] = others.slice(pids.length)
  // A gauge counts the children as well.
  const primary = pids.includes(main) ? 0 : whole - workers.reduce((sum, each) => sum + each, 0)
  const carried = { perSecond: (latencies.length * 1000) / elapsed, ...percentiles(latencies) }
  return {
    ...carried,
    used: { workers, primary, load, upstream },
    heldBack: Math.min(...shares.map((s) => s.heldBack())),
  }
}

function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => parentOf(pid) === parent)
}

function parentOf(pid: number): number | undefined {
  try {
    return Number(/^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1])
  } catch {
    // It has ended.
    return undefined
  }
}

function cells(workers: number, { perSecond, p50, p99, used, heldBack }: Run): string[] {
  const { workers: each, primary, load, upstream } = used
  const shares = [each.map(percent).join(' + '), ...[primary, load, upstream, heldBack].map(percent)]
  return [String(workers), perSecond.toFixed(0), p50.toFixed(1), p99.toFixed(1), ...shares]
}

function line(cells: string[]): string {
  return `| ${cells.join(' | ')} |`
}

function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`
}
