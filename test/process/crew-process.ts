import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import type { TestContext } from 'node:test'
import type { Simulator } from '../simulator/simulator.ts'
import { send } from '../support/http-client.ts'
import { leadingTo } from '../support/leading-to.ts'
import { until } from '../support/until.ts'
import { awsOf, freePort, plainHttp, ProxyProcess } from './proxy-process.ts'

/** Longest wait for something of a process, on a machine that has much to do; in milliseconds. */
export const LONG_MS = 20_000

/** A proxy of several processes that has its token and is ready. */
export interface CrewProcess {
  primary: ProxyProcess
  port: number
  status: number
  /** The pids of the workers that live. */
  workers(): number[]
}

export interface CrewOptions {
  environment?: NodeJS.ProcessEnv
  workers?: number
  /** As of a ProxyProcess. */
  preload?: string
}

/** Starts two workers, or more, with the simulator in place of AWS and the upstream. */
export async function startCrew(
  t: TestContext,
  simulator: Simulator,
  { environment, workers = 2, preload = '' }: CrewOptions = {},
): Promise<CrewProcess> {
  const [port, status] = [await freePort(), await freePort()]
  const ports = { ...plainHttp(port), STATUS_PORT: String(status), WORKERS: String(workers) }
  const all = { ...ports, ...awsOf(simulator), ECR_REGISTRY: simulator.registryHost, ...environment }
  // In the workers as well: they get the flags of Node that the primary was given.
  const primary = new ProxyProcess(t, all, { preload: `${leadingTo(simulator)}\n${preload}` })
  await primary.logged('token obtained')
  const listening = (): number => primary.lines(`listening on 127.0.0.1 port ${port}`).length
  await until(() => listening() === workers, 'all workers', LONG_MS)
  return { primary, port, status, workers: () => childrenOf(primary.pid) }
}

/** The processes that a process has started and that live; /proc says so. */
export function childrenOf(pid: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((each) => statOf(each)?.parent === pid)
}

export function isAlive(pid: number): boolean {
  const stat = statOf(pid)
  return stat !== undefined && stat.state !== 'Z'
}

function statOf(pid: number): { state: string; parent: number } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // The second field is a name in parentheses that may hold anything.
    const [state = '', parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return { state, parent: Number(parent) }
  } catch {
    // It has ended.
    return undefined
  }
}

/** Waits until nobody listens on a port any more. */
export async function untilRefused(port: number): Promise<void> {
  const end = performance.now() + LONG_MS
  for (;;) {
    const code = await send({ port }, 'GET', '/healthz').then(
      () => undefined,
      (error: NodeJS.ErrnoException) => error.code,
    )
    if (code === 'ECONNREFUSED') return
    assert.ok(performance.now() < end, 'the listener is still open')
  }
}
