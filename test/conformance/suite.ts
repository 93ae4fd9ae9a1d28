import { execFile } from 'node:child_process'
import { mkdir, readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { findGo } from '../support/go.ts'
import { type Result, resultsIn } from './junit.ts'

const MODULE = fileURLToPath(new URL('../../../test/conformance/suite/', import.meta.url))
const PACKAGE = 'github.com/opencontainers/distribution-spec/conformance'
/** Takes ten seconds; a registry that hangs must not take for ever. */
const SUITE_MS = 5 * 60_000

const run = promisify(execFile)

/** What the suite is run against, and what leads it there. */
export interface Target {
  registry: string
  /** For a registry that wants credentials. */
  username?: string
  password?: string
  /** PEM of what it trusts, as a file. */
  caFile: string
  /** An HTTP proxy that knows where the host names lead. */
  signpost: string
}

/** The version in its go.mod. */
export async function suiteVersion(): Promise<string> {
  const text = await readFile(join(MODULE, 'go.mod'), 'utf8')
  const [, version] = new RegExp(`${PACKAGE} (v\\S+)`).exec(text) ?? []
  if (version === undefined) throw new Error(`${MODULE}go.mod does not require ${PACKAGE}`)
  return version
}

/** Builds the suite from its module, whose checksum is in go.sum, into `directory`; returns the program. */
export async function buildSuite(directory: string): Promise<string> {
  await mkdir(directory, { recursive: true })
  const program = resolve(directory, 'suite')
  const go = await findGo()
  await run(go, ['build', '-o', program, PACKAGE], { cwd: MODULE, env: { ...process.env, GOFLAGS: '-mod=readonly' } })
  return program
}

/** Runs it once; its reports stay in `directory`. Throws when it comes to no result. */
export async function runSuite(program: string, target: Target, directory: string): Promise<Result[]> {
  const { registry, username = '', password = '', caFile, signpost } = target
  const env = {
    OCI_REGISTRY: registry,
    OCI_USERNAME: username,
    OCI_PASSWORD: password,
    OCI_VERSION: '1.1',
    OCI_RESULTS_DIR: directory,
    // What it would tell while it runs is in its reports, too.
    OCI_LOG: 'error',
    HTTPS_PROXY: signpost,
    SSL_CERT_FILE: caFile,
    SSL_CERT_DIR: directory,
  }
  // It ends with 1 when a test fails, which is for the verdict to judge, and with 0 when it did not even start.
  const told = await run(program, [], { cwd: directory, env, timeout: SUITE_MS, maxBuffer: 64 * 1024 * 1024 }).catch(
    (error: unknown) => error,
  )
  try {
    return resultsIn(await readFile(join(directory, 'junit.xml'), 'utf8'))
  } catch (cause) {
    throw new Error(`the suite came to no result against ${registry}: ${String(told)}`, { cause })
  }
}
