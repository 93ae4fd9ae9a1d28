import type { Agent } from 'node:https'
import { type Simulator, startSimulator } from '../simulator/simulator.ts'
import type { Endpoint } from './client.ts'
import { type Images, seedImages } from './images.ts'
import type { Ground } from './operation.ts'
import { Random } from './random.ts'
import type { Sky } from './sky.ts'

/** So short that a run sees many; those of a minute would be six times fewer, and none would expire while the API fails. */
const TOKEN_LIFETIME_MS = 10_000

/** An upstream with something to pull. */
export async function startUpstream(seed: number): Promise<{ simulator: Simulator; images: Images }> {
  const simulator = await startSimulator({ tokenLifetimeMs: TOKEN_LIFETIME_MS, behaviour: { mounting: true } })
  const images = await seedImages(simulator.store, new Random(seed, 3))
  simulator.behaviour.directBlobs = new Set([images.direct.repository, images.big.repository])
  return { simulator, images }
}

/** What operations work on, with `agent` for the connections that are kept. */
export function groundOf(
  { simulator, images }: { simulator: Simulator; images: Images },
  { endpoint, agent, sky, reopens }: { endpoint: Endpoint; agent: Agent; sky: Sky; reopens: boolean },
): Ground {
  return {
    simulator,
    images,
    sky,
    reopens,
    proxy: { ...endpoint, agent },
    proxyOnce: endpoint,
    layerHost: {
      host: '127.0.0.1',
      port: simulator.layerPort,
      servername: new URL(simulator.layerOrigin).hostname,
      ca: simulator.ca,
    },
  }
}
