import { writeFileSync } from 'node:fs'
import { cpus, release } from 'node:os'
import { parseArgs } from 'node:util'
import { prepareGround } from './ground.ts'
import { grossRegressions, table } from './report.ts'
import { RunningSubject } from './running.ts'
import { availableSubjects } from './subjects.ts'
import { warmEnds } from './warm-ends.ts'
import { steady } from './work.ts'
import { FULL, SHAPES, SHORT, TRANSFERS } from './works.ts'

// All subjects are up and warm at once, and take turns so short that a noisy minute of the machine hits all of them alike.
const { values } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    only: { type: 'string' },
    out: { type: 'string' },
  },
})
const scale = values.short ? SHORT : FULL

const ground = await prepareGround()
const running: RunningSubject[] = []
try {
  const all = await availableSubjects(ground)
  const subjects = all.filter(({ name }) => values.only === undefined || name.includes(values.only))
  say('warm up load generator and upstream')
  await warmEnds(ground)
  for (const subject of subjects) {
    say(`start and warm up ${subject.name}`)
    running.push(await RunningSubject.start(subject, ground, scale))
  }
  for (let turn = 1; turn <= scale.turns; turn += 1) {
    say(`turn ${turn} of ${scale.turns}`)
    const inTurn = rotated(running, turn)
    for (const [name, shape] of Object.entries(SHAPES)) {
      for (const { work } of inTurn) await work.requests(name, shape, scale.requests)
    }
    for (const [name, transfer] of Object.entries(TRANSFERS)) {
      for (const { work } of inTurn) await work.transfer(name, transfer, scale.bytes)
    }
  }
  for (let round = 1; round <= scale.rounds; round += 1) {
    say(`many uploads, connections and latency, round ${round} of ${scale.rounds}`)
    const inTurn = rotated(running, round)
    for (const { work } of inTurn) await work.manyUploads(scale.manyBytes)
    for (const { work } of inTurn) await work.handshakes(scale.coldConnections)
    const direct = await steady(
      { origin: `https://localhost:${ground.upstreamPort}`, ca: ground.ca },
      scale.pacedSeconds,
    )
    for (const { work } of inTurn) await work.steady(scale.pacedSeconds, direct)
  }
} finally {
  await Promise.allSettled(running.map(async (each) => each.stop()))
  await ground.close()
}

const results = {
  date: new Date().toISOString().slice(0, 10),
  machine: { cpu: cpus()[0]?.model ?? '', cores: cpus().length, kernel: release() },
  scale,
  subjects: running.map((each) => ({
    name: each.subject.name,
    version: each.subject.version,
    figures: each.figures(),
  })),
}
if (values.out !== undefined) writeFileSync(values.out, `${JSON.stringify(results, null, 2)}\n`)
process.stdout.write(`${table(results.subjects)}\n`)
if (values.short) {
  const regressions = grossRegressions(results.subjects)
  for (const line of regressions) process.stdout.write(`gross regression: ${line}\n`)
  if (regressions.length > 0) process.exitCode = 1
}

/** So that none of them is always the first: whoever comes first after another kind of work may pay for it. */
function rotated<T>(all: readonly T[], by: number): T[] {
  const first = by % all.length
  return [...all.slice(first), ...all.slice(0, first)]
}

function say(line: string): void {
  process.stderr.write(`${line}\n`)
}
