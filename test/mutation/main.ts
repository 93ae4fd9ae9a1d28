import { readdirSync } from 'node:fs'
import { Stryker } from '@stryker-mutator/core'
import { isPure } from '../coverage/verdict.ts'
import { EXPLAINED } from './explained.ts'
import { survivorsOf, verdictOn } from './verdict.ts'

// Mutation testing of the pure files, or of those given, with the tests of their own folders: these need no server, and a
// mutant meets only those files of them that reach it.
const given = process.argv.slice(2)
const pure = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => `src/${file}`)
  .filter((file) => isPure(file))

const mutants = await new Stryker({
  configFile: 'test/mutation/stryker.json',
  mutate: given.length === 0 ? pure : given,
}).runMutationTest()
const { rows, problems } = verdictOn(mutants, EXPLAINED)
process.stdout.write(`${[...survivorsOf(mutants), ...rows].join('\n')}\n`)
for (const problem of problems) {
  process.stderr.write(`mutation: ${problem}; repeat it with: make mutation\n`)
  process.exitCode = 1
}
