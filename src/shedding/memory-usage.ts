const { memoryUsage } = process

/**
 * Makes process.memoryUsage() answer with its last figures where it has no new ones. Node reads /proc for them, which fails
 * while all descriptors are in use, and @fastify/under-pressure calls it from a timer, where an error ends the process.
 */
export function keepMemoryUsageReadable(): void {
  let last = memoryUsage()
  const lastReadable = (): NodeJS.MemoryUsage => {
    try {
      last = memoryUsage()
    } catch {
      // The next sample is milliseconds away.
    }
    return last
  }
  process.memoryUsage = Object.assign(lastReadable, { rss: () => memoryUsage.rss() })
}
