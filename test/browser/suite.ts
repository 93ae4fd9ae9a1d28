import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { test, type TestContext } from 'node:test'

/** Debian's, or that of Go's own archive. */
export const GO = ['/usr/bin/go', '/usr/local/go/bin/go'].find(existsSync) ?? '/usr/bin/go'

/** A test that needs programs of the machine: without them it says so, and fails under CI=true. */
export function testWith(programs: readonly string[], name: string, run: (t: TestContext) => Promise<void>): void {
  const missing = programs.find((program) => !existsSync(program))
  if (missing === undefined) test(name, run)
  else if (process.env['CI'] === 'true') test(name, () => assert.fail(`${missing} is not installed`))
  else test(name, { skip: `skipped: ${missing} not installed` }, () => undefined)
}
