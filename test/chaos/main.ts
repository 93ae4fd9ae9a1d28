import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { RELIABILITY_PAGE, reliabilityPage, RESULTS } from './page.ts'
import { judged, type Results } from './record.ts'
import { run } from './run.ts'
import type { Scenario } from './scenario.ts'
import { SCENARIOS } from './scenarios.ts'

// `make chaos`: every fault, one after the other, each against a proxy of its own. What they come to is written down unless
// it is worse than before, and with --accept even then; that of a sample, or of one by its name, is compared only. Exit code
// 0 says that nothing is forbidden, or worse than before.
const say = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    sample: { type: 'boolean' },
    write: { type: 'boolean' },
    accept: { type: 'boolean' },
  },
})
const chosen = SCENARIOS.filter(({ name, sample }) => {
  return values.only === undefined ? values.sample !== true || sample : name === values.only
})
const failed: string[] = []

if (chosen.length === 0)
  failed.push(`there is no scenario ${values.only}; they are ${SCENARIOS.map(({ name }) => name).join(', ')}`)
for (const scenario of chosen) {
  const problems = await problemsOf(scenario)
  for (const problem of problems) say(`  ${problem}`)
  if (problems.length > 0) failed.push(`${scenario.name} failed; repeat it with: make chaos ONLY=${scenario.name}`)
}
for (const failure of failed) say(`chaos: ${failure}`)
say(failed.length === 0 ? `chaos: ${chosen.length} passed` : `chaos: ${failed.length} of ${chosen.length} failed`)
process.exitCode = failed.length === 0 ? 0 : 1

async function problemsOf(scenario: Scenario): Promise<string[]> {
  const startedAt = performance.now()
  try {
    const { result, problems } = await run(scenario)
    const { pulls, pushes, normalMs, acknowledged, lost, note } = result
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(0)
    const told = `pulls ${JSON.stringify(pulls)}, pushes ${JSON.stringify(pushes)}`
    say(
      `${scenario.name} (${seconds} s): ${told}, normal after ${normalMs} ms, ${lost} of ${acknowledged} lost; ${note ?? ''}`,
    )
    if (problems.length > 0) return problems
    const { write = false, accept = false } = values
    const { problems: worse, written } = judged(committed()[scenario.name], result, { write, accept })
    if (written !== undefined) record({ ...committed(), [scenario.name]: written })
    return worse
  } catch (error) {
    say(`${scenario.name}:`)
    return [error instanceof Error ? error.message : String(error)]
  }
}

function committed(): Results {
  return JSON.parse(readFileSync(RESULTS, 'utf8'))
}

/** In the order of the scenarios, and without what is none any more. */
function record(results: Results): void {
  const ordered: Results = {}
  for (const { name } of SCENARIOS) {
    const result = results[name]
    if (result !== undefined) ordered[name] = result
  }
  writeFileSync(RESULTS, `${JSON.stringify(ordered, undefined, 2)}\n`)
  writeFileSync(RELIABILITY_PAGE, reliabilityPage(readFileSync(RELIABILITY_PAGE, 'utf8'), ordered))
}
