import { readdirSync, readFileSync } from 'node:fs'
import { codeLines } from './code-lines.ts'
import { exceptions } from './exceptions.ts'
import { ofLines, parseLcov } from './lcov.ts'
import { problemsOf, rowsOf } from './verdict.ts'

// Reads an lcov file (the first argument) of a run at the root of the project, prints the coverage of each folder of
// src/, and ends with 1 when there is too little of it, a line for each reason.
const [path] = process.argv.slice(2)
if (path === undefined) {
  process.stderr.write('coverage: expected the path of an lcov file as the first argument\n')
  process.exit(1)
}
const files = parseLcov(readFileSync(path, 'utf8'))
  .filter(({ file }) => file.startsWith('src/'))
  .map((coverage) => ofLines(coverage, codeLinesOf(coverage.file)))
const sources = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => `src/${file}`)
const problems = problemsOf(files, sources, exceptions)
process.stdout.write(`${rowsOf(files).join('\n')}\n`)
for (const problem of problems) process.stderr.write(`coverage: ${problem}\n`)
if (problems.length > 0) process.exitCode = 1

function codeLinesOf(file: string): Set<number> {
  const built = `dist/${file.replace(/\.ts$/, '.js')}`
  return codeLines(readFileSync(`${built}.map`, 'utf8'), readFileSync(built, 'utf8'))
}
