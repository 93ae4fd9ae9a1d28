import { writeFileSync } from 'node:fs'
import { cpus, release } from 'node:os'
import { parseArgs } from 'node:util'
import { freePort } from '../test/process/proxy-process.ts'
import { type Ground, prepareGround } from './ground.ts'
import { Gauge, stop } from './process.ts'
import { grossRegressions, table } from './report.ts'
import { availableSubjects, type Subject, untilReady } from './subjects.ts'
import { type Figures, FULL, measure, PULL, type Scale, SHORT, steady } from './works.ts'

// Every subject in turn, round after round, so that a noisy minute of the machine hits all of them alike; medians of the rounds.
const { values } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    only: { type: 'string' },
    out: { type: 'string' },
  },
})
const scale = values.short ? SHORT : FULL
const rounds = Number(values.rounds ?? (values.short ? 1 : 3))
const port = await freePort()

const ground = await prepareGround()
const subjects = availableSubjects(ground).filter(({ name }) => values.only === undefined || name.includes(values.only))
const measured = new Map<string, Figures[]>(subjects.map(({ name }) => [name, []]))
try {
  for (let round = 1; round <= rounds; round += 1) {
    const direct = await steady({ origin: `https://localhost:${ground.upstreamPort}`, ca: ground.ca }, scale)
    for (const subject of subjects) {
      process.stderr.write(`round ${round} of ${rounds}: ${subject.name}\n`)
      measured.get(subject.name)?.push(await measureSubject(subject, ground, scale, direct))
    }
  }
} finally {
  await ground.close()
}

const results = {
  date: new Date().toISOString().slice(0, 10),
  machine: { cpu: cpus()[0]?.model ?? '', cores: cpus().length, kernel: release() },
  rounds,
  scale,
  subjects: subjects.map(({ name, version }) => ({ name, version, figures: medians(measured.get(name) ?? []) })),
}
if (values.out !== undefined) writeFileSync(values.out, `${JSON.stringify(results, null, 2)}\n`)
process.stdout.write(`${table(results.subjects)}\n`)
if (values.short) {
  const regressions = grossRegressions(results.subjects)
  for (const line of regressions) process.stdout.write(`gross regression: ${line}\n`)
  if (regressions.length > 0) process.exitCode = 1
}

async function measureSubject(
  subject: Subject,
  at: Ground,
  of: Scale,
  direct: { p50: number; p99: number },
): Promise<Figures> {
  const child = subject.start(port)
  const target = { origin: `https://localhost:${port}`, ca: at.ca }
  try {
    const ready = await untilReady(child, target, subject.readyPath)
    // Ours is up before it has its token.
    await untilReady(child, target, PULL.path)
    const figures = await measure(target, new Gauge(child.pid ?? 0), of)
    const through = await steady(target, of)
    return {
      'start to ready, ms': ready,
      ...figures,
      'added latency p50, ms': through.p50 - direct.p50,
      'added latency p99, ms': through.p99 - direct.p99,
    }
  } finally {
    await stop(child)
  }
}

function medians(all: Figures[]): Figures {
  const names = Object.keys(all[0] ?? {})
  return Object.fromEntries(names.map((name) => [name, median(all.map((figures) => figures[name] ?? Number.NaN))]))
}

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}
