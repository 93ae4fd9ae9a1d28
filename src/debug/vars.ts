import type { Reading } from './reading.ts'

/** All numbers of a moment as plain JSON, with what process they are of; `workerPorts` are the debug servers of its workers. */
export function varsOf(
  { metrics, process: numbers, pool, tokenRefreshInMs }: Reading,
  settings: object,
  workerPorts: readonly number[],
): object {
  const { pid, versions, platform, arch } = process
  return {
    process: {
      pid,
      uptimeSeconds: Math.round(process.uptime()),
      versions,
      platform,
      arch,
      constrainedMemory: process.constrainedMemory(),
      cpuMs: numbers.cpuMs,
      memory: process.memoryUsage(),
      activeHandles: numbers.activeHandles,
      eventLoopUtilization: numbers.loop.utilization,
    },
    workerPorts,
    token: {
      ageSeconds: metrics.tokenAgeSeconds ?? null,
      refreshInSeconds: tokenRefreshInMs === undefined ? null : Math.round(tokenRefreshInMs / 1000),
    },
    upstreamPool: pool ?? null,
    metrics,
    settings,
  }
}
