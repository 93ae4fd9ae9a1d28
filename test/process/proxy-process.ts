import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { text } from 'node:stream/consumers'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'

const MAIN = fileURLToPath(new URL('../../src/main.js', import.meta.url))

/** The least that the proxy starts with, without TLS. */
export const LEAST = {
  ECR_REGISTRY: '123456789012.dkr.ecr.us-east-1.amazonaws.com',
  REGISTRY: 'localhost',
  TLS: 'off',
  HOST: '127.0.0.1',
}

export interface Ended {
  code: number | null
  stdout: string
  stderr: string
  /** From start to end. */
  ms: number
}

/** The built proxy as a process of its own. */
export interface ProxyProcess {
  child: ChildProcess
  ended: Promise<Ended>
}

/** Runs `node dist/src/main.js` with these variables and no others; ends it with its test. */
export function startProcess(
  t: TestContext,
  environment: NodeJS.ProcessEnv,
  nodeArguments: string[] = [],
): ProxyProcess {
  const startedAt = performance.now()
  const child = spawn(process.execPath, [...nodeArguments, MAIN], {
    env: { ...inherited(), ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  t.after(() => child.kill('SIGKILL'))
  const outputs = Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  const ended = outputs.then(([stdout, stderr]) => ({
    code: child.exitCode,
    stdout,
    stderr,
    ms: performance.now() - startedAt,
  }))
  return { child, ended }
}

/** Runs it until it ends by itself; a process that goes on instead is a failed test. */
export async function runToEnd(
  t: TestContext,
  environment: NodeJS.ProcessEnv,
  nodeArguments: string[] = [],
): Promise<Ended> {
  const { child, ended } = startProcess(t, environment, nodeArguments)
  const timer = setTimeout(() => child.kill('SIGKILL'), 30_000)
  const end = await ended
  clearTimeout(timer)
  assert.notEqual(end.code, null, `the process did not end by itself: ${end.stdout}${end.stderr}`)
  return end
}

/** A plain line on stderr, exit code 1, and nothing else. */
export function assertOneLine(end: Ended, line: string | RegExp): void {
  const told = end.stderr.replace(/\n$/, '')
  if (typeof line === 'string') assert.equal(told, `ecr-reverse-proxy: ${line}`)
  else assert.match(told, line)
  assert.equal(told.split('\n').length, 1, told)
  assert.equal(end.code, 1)
}

export async function freePort(host = '127.0.0.1'): Promise<number> {
  const server = createServer().listen(0, host)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** Where coverage is measured, the process takes part in it. */
function inherited(): NodeJS.ProcessEnv {
  const { PATH, NODE_V8_COVERAGE } = process.env
  // No credentials must come from the machine that the tests run on.
  const own = {
    PATH,
    HOME: '/nonexistent',
    AWS_EC2_METADATA_DISABLED: 'true',
    // It would say on stderr that it will end its support of Node 20.
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  }
  return NODE_V8_COVERAGE === undefined ? own : { ...own, NODE_V8_COVERAGE }
}
