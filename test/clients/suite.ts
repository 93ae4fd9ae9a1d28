import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Environment, type EnvironmentOptions, startEnvironment } from './environment.ts'
import { isInstalled } from './program.ts'

/** The tests of one client; without its programs one test that says so, which under CI=true fails. */
export function clientSuite(client: string, programs: readonly string[], define: () => void): void {
  const reason = whyNot(programs)
  if (reason === undefined) void describe(client, define)
  else if (process.env.CI === 'true') test(client, () => assert.fail(reason))
  else test(client, { skip: reason }, () => undefined)
}

/** Starts something before the tests of a suite; what it returns gives it to them. */
export function shared<T>(start: () => Promise<T>): () => T {
  let started: { value: T } | undefined
  before(async () => {
    started = { value: await start() }
  })
  return () => {
    assert.ok(started !== undefined, 'asked for before the suite has started it')
    return started.value
  }
}

/** The environment of a suite; it ends with the suite, and takes with it all that was started on it. */
export function sharedEnvironment(options?: EnvironmentOptions): () => Environment {
  let environment: Environment | undefined
  after(() => environment?.close())
  return shared(async () => {
    environment = await startEnvironment(options)
    return environment
  })
}

function whyNot(programs: readonly string[]): string | undefined {
  const missing = programs.find((program) => !isInstalled(program))
  if (missing !== undefined) return `skipped: ${missing} not installed`
  // /etc/hosts, port 443 and every container engine need it.
  return process.getuid?.() === 0 ? undefined : 'skipped: not run as root'
}
