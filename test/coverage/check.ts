import { readdirSync, readFileSync } from 'node:fs'
import { exceptions } from './exceptions.ts'
import { parseLcov } from './lcov.ts'
import { problemsOf, rowsOf } from './verdict.ts'

// Reads an lcov file (the first argument) of a run at the root of the project, prints the coverage of each folder of
// src/, and ends with 1 when there is too little of it, a line for each reason.
const [path] = process.argv.slice(2)
if (path === undefined) throw new Error('expected the path of an lcov file as the first argument')
const files = parseLcov(readFileSync(path, 'utf8')).filter(({ file }) => file.startsWith('src/'))
const sources = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => `src/${file}`)
const problems = problemsOf(files, sources, exceptions)
process.stdout.write(`${rowsOf(files).join('\n')}\n`)
for (const problem of problems) process.stderr.write(`coverage: ${problem}\n`)
if (problems.length > 0) process.exitCode = 1
