import { setTimeout as sleep } from 'node:timers/promises'
import { classOf, type Seen } from './outcome.ts'
import type { Result } from './record.ts'
import type { Scenario } from './scenario.ts'
import { lostOf } from './seeds.ts'
import { onStage, type Stage } from './stage.ts'

const PATIENCE_MS = 30_000
const NORMAL_WITHIN_MS = 60_000
/** Of undisturbed load before the fault. */
const BEFORE_MS = 500

export interface Verdict {
  result: Result
  /** What no run may show, whatever was seen before. */
  problems: string[]
}

/** Runs one scenario: load, the fault under it, the way back to normal, and a look at what was acknowledged. */
export async function run(scenario: Scenario): Promise<Verdict> {
  scenario.needs?.()
  const { result: verdict, problems } = await onStage(scenario.stage ?? {}, (stage) => runOn(stage, scenario))
  return { ...verdict, problems: [...verdict.problems, ...problems] }
}

async function runOn(stage: Stage, scenario: Scenario): Promise<Verdict> {
  const { patienceMs = PATIENCE_MS, normalWithinMs = NORMAL_WITHIN_MS } = scenario
  const load = stage.load(patienceMs)
  const before = await load.untilNormal(NORMAL_WITHIN_MS)
  if (before === undefined) throw new Error(`service was not normal before the fault: ${JSON.stringify(load.seen)}`)
  load.start()
  let normalMs: number | undefined
  let note: string | undefined
  try {
    await sleep(BEFORE_MS)
    note = (await scenario.strike(stage, load)) ?? undefined
    normalMs = await load.untilNormal(normalWithinMs)
  } finally {
    await load.stop()
  }
  const lost = await lostOf(stage.simulator.store, load.acknowledged)
  const { pulls, pushes } = load.seen
  const problems = [...forbiddenIn('pulls', pulls), ...forbiddenIn('pushes', pushes)]
  if (normalMs === undefined) problems.push(`service was not normal again within ${normalWithinMs} ms`)
  if (lost.length > 0) problems.push(`${lost.length} acknowledged were lost, such as ${JSON.stringify(lost[0])}`)
  const result = {
    pulls,
    pushes,
    normalMs: Math.round(normalMs ?? normalWithinMs),
    acknowledged: load.acknowledged.length,
    lost: lost.length,
    ...(note === undefined ? {} : { note }),
  }
  return { result, problems }
}

function forbiddenIn(kind: string, seen: Seen): string[] {
  return Object.entries(seen)
    .filter(([outcome]) => classOf(outcome) === 'forbidden')
    .map(([outcome, times]) => `${kind} saw "${outcome}", ${times} times`)
}
