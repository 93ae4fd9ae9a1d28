import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'

export interface ShutdownTimes {
  /** How long new connections are still served, in milliseconds. */
  delayMs: number
  /** How long the rest may then take, in milliseconds. */
  timeoutMs: number
}

/**
 * Takes the service out: first it says that it is leaving and goes on serving, so that load balancers stop sending; then
 * it stops listening and lets what is in flight finish. Returns how many requests had to be cut.
 */
export async function shutDown(app: FastifyInstance, { delayMs, timeoutMs }: ShutdownTimes): Promise<number> {
  app.drain.begin()
  app.log.info({ inFlight: app.drain.inFlight, delayMs, timeoutMs }, 'shutting down')
  await sleep(delayMs)
  const closed = app.close()
  const inTime = await Promise.race([closed.then(() => true), sleep(timeoutMs, false, { ref: false })])
  if (inTime) return 0
  const cut = app.drain.inFlight
  app.server.closeAllConnections()
  await closed
  return cut
}
