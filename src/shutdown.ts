import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import { IDLE_SWEEP_MS } from './limits.ts'

export interface ShutdownTimes {
  /** How long new connections are still served, in milliseconds. */
  delayMs: number
  /** How long the rest may then take, in milliseconds. */
  timeoutMs: number
}

/**
 * Takes the service out: first it says that it is leaving and goes on serving, so that load balancers stop sending; then
 * it stops listening and lets what is in flight finish. Returns how many requests had to be cut (docs/request-handling.md: 23).
 */
export async function shutDown(app: FastifyInstance, { delayMs, timeoutMs }: ShutdownTimes): Promise<number> {
  app.drain.begin()
  app.log.info({ inFlight: app.drain.inFlight, delayMs, timeoutMs }, 'shutting down')
  await sleep(delayMs)
  const closed = app.close()
  // An answer whose head was sent before could not say `Connection: close`; when it ends, its connection turns idle and
  // would hold the shutdown up for the whole keep-alive time.
  const sweep = setInterval(() => app.drain.closeIdle(), IDLE_SWEEP_MS)
  const inTime = await Promise.race([closed.then(() => true), sleep(timeoutMs, false, { ref: false })])
  const cut = inTime ? 0 : app.drain.inFlight
  app.drain.closeAll()
  await closed
  clearInterval(sweep)
  app.log.info({ cut }, 'shut down')
  return cut
}
