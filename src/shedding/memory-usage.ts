import { MEMORY_READING_MS } from '../limits.ts'

const { memoryUsage } = process

/**
 * Makes process.memoryUsage() answer with its last figures for a while, and where it has no new ones: @fastify/under-pressure
 * calls it from a timer with each sample. Node reads /proc for them, which takes as long as half a request, and fails while
 * all descriptors are in use, and an error in a timer ends the process.
 */
export function keepMemoryUsageReadable(): void {
  let last = memoryUsage()
  let askedAt = performance.now()
  const lastReadable = (): NodeJS.MemoryUsage => {
    const now = performance.now()
    if (now - askedAt < MEMORY_READING_MS) return last
    askedAt = now
    try {
      last = memoryUsage()
    } catch {
      // The next reading may have more luck.
    }
    return last
  }
  process.memoryUsage = Object.assign(lastReadable, { rss: () => memoryUsage.rss() })
}
