import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { environmentOf } from './plan.ts'

// Runs every property so often; a seed makes a run again, and a path with it one counterexample.
const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '20000' },
    seed: { type: 'string' },
    at: { type: 'string' },
    only: { type: 'string' },
  },
})
const runs = wholeNumber('RUNS', values.runs)
const seed = values.seed === undefined ? Date.now() % 2 ** 31 : wholeNumber('SEED', values.seed)
const { at, only } = values

process.stdout.write(`fuzz: ${runs} runs of each property; repeat them with: make fuzz RUNS=${runs} SEED=${seed}\n`)
const files = readdirSync('dist/test', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.property.test.js'))
  .map((file) => `dist/test/${file}`)
  .toSorted()
const pattern = only === undefined ? [] : [`--test-name-pattern=^${only.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&')}$`]
const tests = spawn(
  process.execPath,
  ['--test', '--test-reporter=spec', '--test-concurrency=2', ...pattern, ...files],
  {
    stdio: 'inherit',
    env: { ...process.env, ...environmentOf({ runs, seed, at }) },
  },
)
const [code] = await once(tests, 'exit')
process.exitCode = code === 0 ? 0 : 1

function wholeNumber(name: string, text: string): number {
  if (!/^-?\d{1,10}$/.test(text)) throw new Error(`${name}=${text} is no whole number`)
  return Number(text)
}
