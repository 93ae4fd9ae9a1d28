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

const PASSING = 'coverage fuzz mutation browser conformance chaos bench:\n\t@true\n'
const LONG = 'clients:\n\t@echo layers $(LAYERS)\nsoak:\n\t@echo soaking $(MINUTES)\n'

test('a step that fails, or that there is no target for, tells the command that repeats it; the rest goes on, and the end sums up', (t) => {
  const rules = 'coverage mutation browser conformance bench:\n\t@true\nfuzz:\n\t@exit 1\n'
  const { lines, status } = nightly(t, rules + LONG)
  assert.equal(status, 1)
  assert.deepEqual(
    lines.filter((line) => line.startsWith('== FAILED')).map((line) => line.replaceAll(/SEED=\d+/g, 'SEED=N')),
    ['== FAILED; repeat it with: make fuzz RUNS=1000 SEED=N', '== FAILED; repeat it with: make chaos'],
  )
  assert.ok(lines.includes('soaking 2'))
  const summary = lines.slice(lines.indexOf('== nightly: 2 failed'))
  assert.deepEqual(
    summary.map((line) => line.replaceAll(/\d+/g, 'N').trim()),
    [
      '== nightly: N failed',
      'passed    N m  make coverage',
      'FAILED    N m  make fuzz RUNS=N SEED=N',
      'passed    N m  make mutation',
      'passed    N m  make browser',
      'passed    N m  make conformance',
      'FAILED    N m  make chaos',
      'passed    N m  make clients LAYERS=long',
      'passed    N m  make bench',
      'passed    N m  make soak MINUTES=N SEED=N',
      '',
    ],
  )
})

test('when nothing fails, it ends with 0, and the clients had layers of 2 GiB', (t) => {
  const { lines, status } = nightly(t, PASSING + LONG)
  assert.equal(status, 0)
  assert.ok(lines.includes('== nightly: 0 failed'))
  assert.ok(lines.includes('layers long'))
})
