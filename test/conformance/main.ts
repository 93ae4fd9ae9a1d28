import { readFileSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { partOf, withPart } from '../docs/parts.ts'
import { TESTING_PAGE } from '../docs/pages.ts'
import { type Outcomes, outcomesOf } from './outcomes.ts'
import { PART, partLines } from './page.ts'
import { conform, type Registry, type Way } from './stage.ts'
import { buildSuite, suiteVersion } from './suite.ts'
import { linesOf, tableIn, tableOf, worseThan } from './table.ts'
import { problemsOf, type Runs } from './verdict.ts'

// `make conformance`: the suite against two registries, directly and through the proxy, then a verdict. Exit code 0 says
// that the proxy changed nothing that it should not, and that nothing is worse than docs/testing.md has it.
const DIRECTORY = resolve('build/conformance')

const say = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

async function outcomes(program: string, registry: Registry, way: Way): Promise<Outcomes> {
  const startedAt = performance.now()
  const directory = join(DIRECTORY, `${registry}-${way}`)
  await rm(directory, { recursive: true, force: true })
  const results = await conform(program, registry, way, directory)
  const seconds = Math.round((performance.now() - startedAt) / 1000)
  say(`conformance: ${registry}, ${way}: ${results.length} results in ${seconds} s`)
  return outcomesOf(results)
}

try {
  const version = await suiteVersion()
  say(`conformance: the suite of github.com/opencontainers/distribution-spec, ${version}`)
  const program = await buildSuite(DIRECTORY)
  const runs: Runs = {
    plain: { direct: await outcomes(program, 'plain', 'direct'), proxied: await outcomes(program, 'plain', 'proxied') },
    simulator: {
      direct: await outcomes(program, 'simulator', 'direct'),
      proxied: await outcomes(program, 'simulator', 'proxied'),
    },
  }
  const table = tableOf(runs)
  for (const line of linesOf(table)) say(line)
  const page = readFileSync(TESTING_PAGE, 'utf8')
  const problems = [...problemsOf(runs), ...worseThan(tableIn(partOf(page, PART)), table)]
  for (const problem of problems) say(`conformance: ${problem}`)
  if (problems.length === 0) {
    const made = withPart(page, PART, partLines(table, version))
    if (made !== page) writeFileSync(TESTING_PAGE, made)
    say(`conformance: passed${made === page ? '' : '; docs/testing.md is written anew'}`)
  } else {
    say(
      `conformance: failed; repeat it with make conformance. What was sent and answered is in ${DIRECTORY}/*/report.html`,
    )
    process.exitCode = 1
  }
} catch (error) {
  process.stderr.write(`conformance: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
  process.exitCode = 1
}
