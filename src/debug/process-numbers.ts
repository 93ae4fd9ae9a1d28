import { performance } from 'node:perf_hooks'

/** What Node says of this process at one moment. */
export interface ProcessNumbers {
  /** On a clock that never jumps, in milliseconds. */
  now: number
  /** CPU time since the start, user and system, in milliseconds. */
  cpuMs: number
  rss: number
  heapUsed: number
  /** Memory of Buffers, outside V8's heap. */
  arrayBuffers: number
  /** What keeps the event loop alive: sockets, listeners, timers, pending operations. */
  activeHandles: number
  loop: ReturnType<typeof performance.eventLoopUtilization>
}

export function readProcess(): ProcessNumbers {
  const { user, system } = process.cpuUsage()
  const { rss, heapUsed, arrayBuffers } = process.memoryUsage()
  return {
    now: performance.now(),
    cpuMs: (user + system) / 1000,
    rss,
    heapUsed,
    arrayBuffers,
    activeHandles: process.getActiveResourcesInfo().length,
    loop: performance.eventLoopUtilization(),
  }
}
