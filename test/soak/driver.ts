import { mkdir, mkdtemp } from 'node:fs/promises'
import { Agent } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { UPSTREAM_KEEP_ALIVE_MS } from '../../src/limits.ts'
import { WEATHERS } from './explanation.ts'
import { groundOf, startUpstream } from './ground.ts'
import { runLoad } from './load.ts'
import { SoakedProxy } from './proxy.ts'
import { Random } from './random.ts'
import { RenewedCertificate } from './renewed-certificate.ts'
import { renewNowAndThen } from './renewals.ts'
import { soakRolling } from './rolling.ts'
import { startTimes } from './schedule.ts'
import type { SoakSettings } from './settings.ts'
import { Sky } from './sky.ts'
import { type Sample, WINDOW_MS } from './slope.ts'
import { soon } from './soon.ts'
import type { Findings } from './verdict.ts'

const SAMPLE_MS = 1000
/** After the load: what is kept alive upstream, and a few seconds for the rest. */
const SETTLE_MS = UPSTREAM_KEEP_ALIVE_MS + 30_000
const END_MS = 60_000

/** What a run has found, and how much of it was explained. */
export interface Report extends Findings {
  operations: number
  tokens: number
  explained: readonly string[]
  /** Where the proxies' logs are. */
  directory: string
}

/** Runs the load against proxies of its own, and ends them. Throws when there is nothing to judge. */
export async function soak(settings: SoakSettings, tell: (line: string) => void): Promise<Report> {
  const directory = await mkdtemp(join(tmpdir(), 'soak-'))
  await mkdir(join(directory, 'tls'))
  const certificate = await RenewedCertificate.make(join(directory, 'tls'))
  let rolling: () => readonly SoakedProxy[] = () => []
  const [steady, rolled] = await Promise.all([
    soakSteady(settings, directory, certificate, () => rolling(), tell),
    soakRolling(settings, directory, certificate, (proxies) => (rolling = proxies)),
  ])
  const { load } = rolled
  return {
    ...steady,
    exercised: new Map([...steady.exercised, ['restart', rolled.restarts]]),
    operations: steady.operations + load.operations,
    explained: [...steady.explained, ...load.explained],
    unexplained: [...steady.unexplained, ...load.unexplained],
    notStarted: steady.notStarted + load.notStarted,
    restarted: rolled.ended,
    directory,
  }
}

/** The load against one proxy that is there from the start to the end, and whose memory and descriptors are watched. */
async function soakSteady(
  settings: SoakSettings,
  directory: string,
  certificate: RenewedCertificate,
  others: () => readonly SoakedProxy[],
  tell: (line: string) => void,
): Promise<Omit<Report, 'restarted' | 'directory'>> {
  const { seed } = settings
  const upstream = await startUpstream(seed)
  const { simulator } = upstream
  const proxy = await SoakedProxy.start(simulator, directory, { certificates: certificate.certificates })
  const agent = new Agent({ keepAlive: true })
  const sky = new Sky(simulator, new Random(seed, 4))
  try {
    const ground = groundOf(upstream, { endpoint: proxy.endpoint, agent, sky, reopens: false })
    const descriptorsBefore = proxy.descriptors().length
    const samples: Sample[] = []
    const sampling = setInterval(() => {
      const sample = proxy.sample()
      if (sample !== undefined) samples.push(sample)
      if (samples.length % 60 === 0)
        tell(`${samples.length / 60} min: ${sample?.residentMiB.toFixed(1)} MiB, ${sample?.descriptors} descriptors`)
    }, SAMPLE_MS)
    const collecting = setInterval(() => proxy.collect(), WINDOW_MS)
    const over = new AbortController()
    const [load, renewals] = await Promise.all([
      runLoad(seed, ground, startTimes(settings)).finally(() => over.abort()),
      renewNowAndThen(certificate, () => [proxy, ...others()], over.signal),
      sky.run(over.signal),
    ])
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
        ['certificate', renewals.times],
      ]),
      certificates: renewals.problems,
      weathers: sky.problems,
      descriptorsBefore,
      descriptorsAfter,
      ended: await proxy.end(END_MS),
      tokens: simulator.tokens.calls,
    }
  } finally {
    agent.destroy()
    await proxy.end(END_MS)
    await simulator.close()
  }
}
