import { MEMORY_READING_MS } from '../limits.ts'

const { memoryUsage } = process

/**
 * Makes process.memoryUsage() answer with its last figures until they are MEMORY_READING_MS old, and where it has no new ones.
 * @fastify/under-pressure asks for them with each sample, from a timer; Node reads /proc for them, which takes 0.1 ms, and
 * fails while all descriptors are in use, and an error in a timer ends the process.
 */
export function rememberMemoryUsage(now: () => number = () => performance.now()): void {
  let last = memoryUsage()
  let askedAt = now()
  const remembered = (): NodeJS.MemoryUsage => {
    if (now() - askedAt < MEMORY_READING_MS) return last
    askedAt = now()
    try {
      last = memoryUsage()
    } catch {
      // The next reading may have more luck.
    }
    return last
  }
  process.memoryUsage = Object.assign(remembered, { rss: () => memoryUsage.rss() })
}
