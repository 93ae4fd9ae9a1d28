const { memoryUsage } = process

/**
 * Makes process.memoryUsage() answer with its last figures where it has no new ones. Node reads /proc for them, which fails
 * while all descriptors are in use; @fastify/under-pressure asks from a timer, and an error there ends the process.
 */
export function rememberMemoryUsage(): void {
  let last = memoryUsage()
  const remembered = (): NodeJS.MemoryUsage => {
    try {
      last = memoryUsage()
    } catch {
      // The next reading may have more luck.
    }
    return last
  }
  process.memoryUsage = Object.assign(remembered, { rss: () => memoryUsage.rss() })
}
