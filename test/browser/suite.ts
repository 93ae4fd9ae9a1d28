import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { isInstalled } from '../clients/program.ts'

/** A test that needs a program of the machine: without it it says so, and fails under CI=true. */
export function testWith(program: 'chromium' | 'go', name: string, run: (t: TestContext) => Promise<void>): void {
  if (isInstalled(program)) test(name, run)
  else if (process.env['CI'] === 'true') test(name, () => assert.fail(`${program} is not installed`))
  else test(name, { skip: `skipped: ${program} not installed` }, () => undefined)
}
