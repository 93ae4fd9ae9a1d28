import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Undo } from '../clients/undo.ts'
import { type Simulator, startSimulator } from '../simulator/simulator.ts'
import { SoakedProxy, type StartOptions } from '../soak/proxy.ts'
import { Random } from '../soak/random.ts'
import { Link } from './link.ts'
import { Load } from './load.ts'
import { DIRECT, seed, type Seeded } from './seeds.ts'

const END_MS = 40_000
/** A run that is interrupted is not judged, and whoever interrupted it waits. */
const INTERRUPTED_MS = 1000
const SEED = 7

export interface StageOptions {
  /** The proxy's further settings, made when there are the simulator and a directory. */
  proxy?: (stage: Pick<Stage, 'simulator' | 'directory' | 'atEnd'>) => StartOptions | Promise<StartOptions>
  tokenLifetimeMs?: number
  /** Bytes of the layer that passes through the proxy. */
  directBytes?: number
  /** The upstream has a name whose address changes; it is the link's own at first. */
  named?: boolean
}

/** A proxy between two lines, to its clients and to a simulated ECR, and one to the token API. */
export interface Stage {
  simulator: Simulator
  /** From the proxy to the registry. */
  upstream: Link
  /** From clients to the proxy. */
  front: Link
  /** From the proxy to the token API. */
  api: Link
  directory: string
  proxy: SoakedProxy
  seeded: Seeded
  /** Clients of one patience, who have not begun yet. */
  load(patienceMs: number): Load
  /** Runs something when the proxy has ended, the last first; and when the run is interrupted. */
  atEnd(undo: () => unknown): void
  /** Changes what the upstream's name stands for: an address, or the code of an error. */
  rename(answer: string): Promise<void>
}

/** Runs `work` on a stage of its own, which is gone afterwards, be it that a signal ends this process. */
export async function onStage<T>(
  options: StageOptions,
  work: (stage: Stage) => Promise<T>,
): Promise<{ result: T; problems: string[] }> {
  const { tokenLifetimeMs, directBytes } = options
  const undo = new Undo()
  const atEnd = (step: () => unknown): void => undo.add(step)
  const opened = async (link: Promise<Link>): Promise<Link> => {
    const it = await link
    undo.add(() => it.close())
    return it
  }
  let proxy: SoakedProxy | undefined
  try {
    const simulator = await startSimulator(tokenLifetimeMs === undefined ? {} : { tokenLifetimeMs })
    undo.add(() => simulator.close())
    const directory = await mkdtemp(join(tmpdir(), 'chaos-'))
    undo.add(() => rm(directory, { recursive: true, force: true }))
    const upstream = await opened(Link.open(simulator.registryPort, { seed: SEED }))
    const api = await opened(Link.open(Number(new URL(simulator.apiEndpoint).port), { seed: SEED }))
    const addressFile = join(directory, 'address')
    const rename = (answer: string): Promise<void> => writeFile(addressFile, answer)
    const random = new Random(SEED)
    simulator.behaviour.directBlobs = new Set([DIRECT])
    const seeded = await seed(simulator.store, random, directBytes)
    await rename(upstream.host)
    const { environment, ...start } = (await options.proxy?.({ simulator, directory, atEnd })) ?? {}
    const started = await SoakedProxy.start(simulator, directory, {
      registryPort: upstream.port,
      ...(options.named === true ? { addressFile } : {}),
      ...start,
      environment: { AWS_ENDPOINT_URL_ECR: `http://127.0.0.1:${api.port}`, ...environment },
    })
    proxy = started
    undo.add(() => started.end(INTERRUPTED_MS))
    const front = await opened(Link.open(started.endpoint.port, { seed: SEED }))
    const endpoint = { ...started.endpoint, port: front.port }
    const load = (patienceMs: number): Load => new Load({ endpoint, seeded, random, patienceMs })
    const result = await work({ simulator, upstream, front, api, directory, proxy, seeded, load, rename, atEnd })
    return { result, problems: problemsOf(await started.end(END_MS)) }
  } catch (error) {
    const problems = proxy === undefined ? [] : problemsOf(await proxy.end(END_MS))
    throw new Error([error instanceof Error ? error.message : String(error), ...problems].join('; '), { cause: error })
  } finally {
    await undo.close()
  }
}

/** What a proxy may not do whatever happens to it: die, be noisy, fail inside, or cut what is in flight at its end. */
function problemsOf({ code, signal, log, stderr }: Awaited<ReturnType<SoakedProxy['end']>>): string[] {
  const problems: string[] = []
  if (code !== 0) problems.push(`the proxy ended with ${signal ?? `code ${code}`}, code 0 expected`)
  if (stderr !== '') problems.push(`the proxy wrote to stderr: ${stderr.trim().slice(0, 500)}`)
  const inside = /^.*"msg":"(request failed inside the proxy|unexpected failure[^"]*)".*$/m.exec(log)
  if (inside !== null) problems.push(`the proxy's log has: ${inside[0].slice(0, 800)}`)
  return problems
}
