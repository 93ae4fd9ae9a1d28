import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { withoutMake } from '../support/without-make.ts'
import { commandFor } from './command.ts'
import { environmentOf, readPlan } from './plan.ts'

/** What a shell and make, given the command, pass on as ONLY. */
function passedOn(t: TestContext, command: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'command-'))
  t.after(() => rmSync(directory, { recursive: true }))
  // Quoted as the Makefile of the project does.
  writeFileSync(join(directory, 'Makefile'), "fuzz:\n\t@printf %s '$(subst ','\\'',$(ONLY))'\n")
  return execFileSync('sh', ['-c', command], { cwd: directory, env: withoutMake(process.env), encoding: 'utf8' })
}

test('the command names seed, path and property', () => {
  assert.equal(commandFor({ only: 'a, b', seed: -5, at: '1:0' }), "make fuzz SEED=-5 AT=1:0 ONLY='a, b'")
  assert.equal(commandFor({ only: 'a', seed: 1, at: undefined }), "make fuzz SEED=1 ONLY='a'")
})

test('the name comes through shell and make as it is', (t) => {
  const only = "what's in $HOME, `x`, \\ and ’ (all of it)"
  assert.equal(passedOn(t, commandFor({ only, seed: 1, at: undefined })), only)
})

test('a plan passes through the environment; without one everything is undefined', () => {
  for (const plan of [
    { runs: 20_000, seed: -7, at: '3:0:1' },
    { runs: 1, seed: undefined, at: undefined },
    { runs: undefined, seed: undefined, at: undefined },
  ]) {
    assert.deepEqual(readPlan(environmentOf(plan)), plan)
  }
})
