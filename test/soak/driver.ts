import { mkdtemp } from 'node:fs/promises'
import { Agent } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Simulator, startSimulator } from '../simulator/simulator.ts'
import { UPSTREAM_KEEP_ALIVE_MS } from '../../src/limits.ts'
import { WEATHERS } from './explanation.ts'
import { seedImages } from './images.ts'
import { type Ground, Operation, OperationFailure } from './operation.ts'
import { KINDS, MISHAPS, planOf } from './plan.ts'
import { SoakedProxy } from './proxy.ts'
import { Random } from './random.ts'
import { startTimes } from './schedule.ts'
import type { SoakSettings } from './settings.ts'
import { Sky } from './sky.ts'
import { type Sample, WINDOW_MS } from './slope.ts'
import { soon } from './soon.ts'
import type { Findings } from './verdict.ts'
import { WORK } from './work.ts'

/** So short that a run sees many. */
const TOKEN_LIFETIME_MS = 10_000
const SAMPLE_MS = 1000
/** More at once than this means that they do not end. */
const MAX_OPERATIONS = 500
/** After the load: what is kept alive upstream, and a few seconds for the rest. */
const SETTLE_MS = UPSTREAM_KEEP_ALIVE_MS + 30_000
const END_MS = 60_000

/** What a run has found, and how much of it was explained. */
export interface Report extends Findings {
  operations: number
  tokens: number
  explained: readonly string[]
  /** Where the proxy's log is. */
  directory: string
}

/** Runs the load against a proxy of its own, and ends it. Throws when there is nothing to judge. */
export async function soak(settings: SoakSettings, tell: (line: string) => void): Promise<Report> {
  const simulator = await startSimulator({ tokenLifetimeMs: TOKEN_LIFETIME_MS, behaviour: { mounting: true } })
  try {
    return await soakBefore(simulator, settings, tell)
  } finally {
    await simulator.close()
  }
}

async function soakBefore(simulator: Simulator, settings: SoakSettings, tell: (line: string) => void): Promise<Report> {
  const { seed } = settings
  const images = await seedImages(simulator.store, new Random(seed, 3))
  simulator.behaviour.directBlobs = new Set([images.direct.repository, images.big.repository])
  const directory = await mkdtemp(join(tmpdir(), 'soak-'))
  const proxy = await SoakedProxy.start(simulator, directory)
  const agent = new Agent({ keepAlive: true })
  const sky = new Sky(simulator, new Random(seed, 4))
  try {
    const ground: Ground = {
      simulator,
      images,
      sky,
      proxy: { ...proxy.endpoint, agent },
      proxyOnce: proxy.endpoint,
      layerHost: {
        host: '127.0.0.1',
        port: simulator.layerPort,
        servername: new URL(simulator.layerOrigin).hostname,
        ca: simulator.ca,
      },
    }
    const descriptorsBefore = proxy.descriptors().length
    const samples: Sample[] = []
    const sampling = setInterval(() => {
      const sample = proxy.sample()
      if (sample !== undefined) samples.push(sample)
      if (samples.length % 60 === 0)
        tell(`${samples.length / 60} min: ${sample?.residentMiB.toFixed(1)} MiB, ${sample?.descriptors} descriptors`)
    }, SAMPLE_MS)
    const collecting = setInterval(() => proxy.collect(), WINDOW_MS)
    const weather = new AbortController()
    const changing = sky.run(weather.signal)
    const load = await runLoad(settings, ground)
    weather.abort()
    await changing
    clearInterval(sampling)
    clearInterval(collecting)
    agent.destroy()
    await soon(() => proxy.descriptors().length === descriptorsBefore || undefined, SETTLE_MS)
    const descriptorsAfter = proxy.descriptors()
    return {
      ...load,
      samples,
      exercised: new Map<string, number>([
        ...load.exercised,
        ...WEATHERS.map((name): [string, number] => [name, sky.counts.get(name) ?? 0]),
      ]),
      descriptorsBefore,
      descriptorsAfter,
      ended: await proxy.end(END_MS),
      tokens: simulator.tokens.calls,
      directory,
    }
  } finally {
    agent.destroy()
    await proxy.end(END_MS)
  }
}

type Load = Pick<Report, 'exercised' | 'explained' | 'notStarted' | 'operations' | 'unexplained'>

/** Starts operations at their rate, whether or not those before have ended, and waits for the last. */
async function runLoad(settings: SoakSettings, ground: Ground): Promise<Load> {
  const exercised = new Map<string, number>([...KINDS, ...MISHAPS].map((name) => [name, 0]))
  const unexplained: string[] = []
  const explained: string[] = []
  const running = new Set<Promise<void>>()
  let notStarted = 0

  const run = async (number: number): Promise<void> => {
    const plan = planOf(settings.seed, number)
    const operation = new Operation(number, plan, ground)
    try {
      await WORK[plan.kind](operation)
    } catch (error) {
      if (error instanceof OperationFailure && error.explained) explained.push(error.message)
      else unexplained.push(error instanceof OperationFailure ? error.message : `operation ${number}: ${String(error)}`)
    } finally {
      operation.end()
    }
    count(plan.kind)
    if (plan.mishap !== undefined && operation.mishapHits > 0) count(plan.mishap)
  }
  const count = (name: string): void => {
    exercised.set(name, (exercised.get(name) ?? 0) + 1)
  }

  const startedAt = performance.now()
  let operations = 0
  for (const at of startTimes(settings)) {
    await sleep(Math.max(0, startedAt + at - performance.now()))
    const number = operations
    operations += 1
    if (running.size >= MAX_OPERATIONS) {
      notStarted += 1
      continue
    }
    const operation = run(number).finally(() => running.delete(operation))
    running.add(operation)
  }
  await Promise.all(running)
  return { exercised, unexplained, explained, notStarted, operations: operations - notStarted }
}
