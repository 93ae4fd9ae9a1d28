import type { Ground } from './ground.ts'
import { Gauge } from './process.ts'
import { Work } from './work.ts'

/**
 * Has load generator and upstream do all kinds of work with each other. Else the first subject is warmed up by ends that are
 * cold, and what it compiles then costs 8 % more for good (docs/performance.md).
 */
export async function warmEnds({ upstreamPort, ca }: Ground): Promise<void> {
  const direct = new Work({ origin: `https://localhost:${upstreamPort}`, ca }, new Gauge(process.pid))
  try {
    await direct.warmUp()
  } finally {
    await direct.close()
  }
}
