import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type TestContext, test } from 'node:test'
import { withoutMake } from './support/without-make.ts'

/** What `make nightly` says and ends with where the Makefile has these rules. */
function nightly(t: TestContext, rules: string): { lines: string[]; status: number | null } {
  const directory = mkdtempSync(join(tmpdir(), 'nightly-'))
  t.after(() => rmSync(directory, { recursive: true }))
  writeFileSync(join(directory, 'Makefile'), rules)
  const env = withoutMake(process.env)
  const { stdout, status } = spawnSync(resolve('test/nightly.sh'), ['2', '1000'], {
    cwd: directory,
    env,
    encoding: 'utf8',
  })
  return { lines: stdout.split('\n'), status }
}

test('a step that fails tells the command that repeats it, the rest goes on, and the end sums up', (t) => {
  const rules = 'fuzz:\n\t@exit 1\nsoak:\n\t@echo soaking $(MINUTES)\n'
  const { lines, status } = nightly(t, rules)
  assert.equal(status, 1)
  const repeat = lines.find((line) => line.startsWith('== FAILED')) ?? assert.fail('no failure is told')
  assert.match(repeat, /^== FAILED; repeat it with: make fuzz RUNS=1000 SEED=\d+$/)
  assert.ok(lines.includes('soaking 2'))
  const summary = lines.slice(lines.indexOf('== nightly: 1 failed'))
  assert.deepEqual(
    summary.map((line) => line.replaceAll(/\d+/g, 'N').trim()),
    [
      '== nightly: N failed',
      'missing       make coverage',
      'FAILED    N m  make fuzz RUNS=N SEED=N',
      'missing       make mutation',
      'missing       make browser',
      'missing       make conformance',
      'missing       make clients',
      'missing       make chaos',
      'missing       make bench',
      'passed    N m  make soak MINUTES=N SEED=N',
      '',
    ],
  )
})

test('when nothing fails, it ends with 0', (t) => {
  const { lines, status } = nightly(t, 'mutation:\n\t@echo mutating\n')
  assert.equal(status, 0)
  assert.ok(lines.includes('== nightly: 0 failed'))
})
