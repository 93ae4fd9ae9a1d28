import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { withoutMake } from './support/without-make.ts'

/** The last line of `.ci/run`, and what it ends with, where nothing is installed and the Makefile has these rules. */
function ciRun(t: TestContext, rules: string): { last: string | undefined; status: number | null } {
  const directory = mkdtempSync(join(tmpdir(), 'ci-run-'))
  t.after(() => rmSync(directory, { recursive: true }))
  const file = (path: string): string => {
    mkdirSync(dirname(join(directory, path)), { recursive: true })
    return join(directory, path)
  }
  copyFileSync('.ci/run', file('.ci/run'))
  for (const program of ['bin/apt-get', 'bin/npm', '.ci/node24/node_modules/node/bin/node']) {
    writeFileSync(file(program), '#!/bin/sh\n', { mode: 0o755 })
  }
  writeFileSync(file('Makefile'), rules)
  const env = { ...withoutMake(process.env), PATH: `${join(directory, 'bin')}:${process.env['PATH']}` }
  const { stdout, status } = spawnSync(join(directory, '.ci/run'), { env, encoding: 'utf8' })
  return { last: stdout.trimEnd().split('\n').at(-1), status }
}

const TOLD = 'test:\n\t@echo "# pass 7"; echo "# fail 0"; echo "# cancelled 0"\n'
const QUIET = 'fuzz soak chaos clientPrograms clients imageTests browser manifests conformance benchShort:\n\t@true\n'

test('what passes is counted: tests, and the four steps that have none', (t) => {
  const rules = `${TOLD}coverage:\n\t@echo "ℹ pass 5"\n${QUIET}`
  assert.deepEqual(ciRun(t, rules), { last: '16 passed, 0 failed', status: 0 })
})

// A step without a failed test was lost from the sum as soon as tests had failed elsewhere.
test('a step that fails without a failed test counts as one, beside tests that fail', (t) => {
  const coverage = 'coverage:\n\t@echo "ℹ pass 5"; echo "ℹ fail 2"; echo "ℹ cancelled 1"; exit 1\n'
  const broken = 'manifests benchShort:\n\t@exit 1\n'
  const rules = `${TOLD}${coverage}${broken}${QUIET.replace(' manifests', '').replace(' benchShort', '')}`
  assert.deepEqual(ciRun(t, rules), { last: '15 passed, 5 failed', status: 1 })
})
