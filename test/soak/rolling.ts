import { Agent } from 'node:https'
import { groundOf, startUpstream } from './ground.ts'
import { type Load, runLoad } from './load.ts'
import type { Ended, SoakedProxy } from './proxy.ts'
import { Random } from './random.ts'
import type { RenewedCertificate } from './renewed-certificate.ts'
import { RollingPair } from './rolling-pair.ts'
import type { SoakSettings } from './settings.ts'
import { Sky } from './sky.ts'

/** Its operations are other ones than those of the proxy that stays. */
const FIRST_OPERATION = 10_000_000
/** Of RATE. */
const SHARE = 1 / 3
const MINUTE_MS = 60_000

/** What the load of the pair has found. */
export interface Rolled {
  load: Load
  restarts: number
  ended: readonly Ended[]
}

/**
 * The load against two proxies behind a balancer that are restarted all the time, in front of an upstream of their own. Its
 * weather leaves tokens alone: what is revoked for all is known to be renewed only where one proxy asks.
 */
export async function soakRolling(
  settings: SoakSettings,
  directory: string,
  certificate: RenewedCertificate,
  onProxies: (proxies: () => readonly SoakedProxy[]) => void,
): Promise<Rolled> {
  const { seed, minutes, rate } = settings
  const upstream = await startUpstream(seed)
  const { simulator } = upstream
  const agent = new Agent({ keepAlive: true })
  const sky = new Sky(simulator, new Random(seed, 5), ['closing', 'server-errors', 'throttling'])
  const over = new AbortController()
  let restarts = 0
  try {
    const pair = await RollingPair.start(simulator, directory, certificate)
    try {
      onProxies(() => pair.proxies)
      const ground = groundOf(upstream, { endpoint: pair.endpoint, agent, sky, reopens: true })
      const [load] = await Promise.all([
        runLoad(seed, ground, everySoOften(minutes, rate * SHARE), FIRST_OPERATION).finally(() => over.abort()),
        sky.run(over.signal),
        pair.roll(over.signal, () => (restarts += 1)),
      ])
      agent.destroy()
      await pair.close()
      return { load, restarts, ended: pair.ended }
    } finally {
      over.abort()
      await pair.close()
    }
  } finally {
    agent.destroy()
    await simulator.close()
  }
}

function* everySoOften(minutes: number, rate: number): Generator<number> {
  for (let at = 0; at < minutes * MINUTE_MS; at += 1000 / rate) yield at
}
