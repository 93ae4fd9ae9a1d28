import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { RELIABILITY_PAGE, reliabilityPage, RESULTS } from './page.ts'
import { type Results, worseThan } from './record.ts'
import { run } from './run.ts'
import type { Scenario } from './scenario.ts'
import { SCENARIOS } from './scenarios.ts'

// `make chaos`: every fault, one after the other, against a proxy of its own. All of them are written down; a sample, or
// one by its name, is compared with what is written. Exit code 0 says that nothing is forbidden or worse.
const say = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

for (const name of ['SIGINT', 'SIGTERM']) process.once(name, () => process.exit(1))

const { values } = parseArgs({ options: { only: { type: 'string' }, sample: { type: 'boolean' } } })
const chosen = SCENARIOS.filter(({ name, sample }) => {
  return values.only === undefined ? values.sample !== true || sample : name === values.only
})
const isWhole = chosen.length === SCENARIOS.length
const committed: Results = JSON.parse(readFileSync(RESULTS, 'utf8'))
const results: Results = {}
const failed: string[] = []

if (chosen.length === 0) failed.push(`there is no scenario ${values.only}; they are ${SCENARIOS.map(({ name }) => name).join(', ')}`)
for (const scenario of chosen) {
  const problems = await problemsOf(scenario)
  for (const problem of problems) say(`  ${problem}`)
  if (problems.length > 0) failed.push(`${scenario.name} failed; repeat it with: make chaos ONLY=${scenario.name}`)
}
if (isWhole && Object.keys(results).length === SCENARIOS.length) {
  writeFileSync(RESULTS, `${JSON.stringify(results, undefined, 2)}\n`)
  writeFileSync(RELIABILITY_PAGE, reliabilityPage(readFileSync(RELIABILITY_PAGE, 'utf8'), results))
  say('written: docs/reliability.md')
}
for (const failure of failed) say(`chaos: ${failure}`)
say(failed.length === 0 ? `chaos: ${chosen.length} passed` : `chaos: ${failed.length} of ${chosen.length} failed`)
process.exitCode = failed.length === 0 ? 0 : 1

async function problemsOf(scenario: Scenario): Promise<string[]> {
  const startedAt = performance.now()
  try {
    const { result, problems } = await run(scenario)
    results[scenario.name] = result
    const { pulls, pushes, normalMs, acknowledged, lost, note } = result
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(0)
    const told = `pulls ${JSON.stringify(pulls)}, pushes ${JSON.stringify(pushes)}`
    say(`${scenario.name} (${seconds} s): ${told}, normal after ${normalMs} ms, ${lost} of ${acknowledged} lost; ${note ?? ''}`)
    return [...problems, ...(problems.length > 0 ? [] : worseThan(committed[scenario.name], result))]
  } catch (error) {
    say(`${scenario.name}:`)
    return [error instanceof Error ? error.message : String(error)]
  }
}
