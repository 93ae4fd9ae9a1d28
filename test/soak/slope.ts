/** What the operating system said of the proxy at one moment. */
export interface Sample {
  atMs: number
  residentMiB: number
  descriptors: number
}

const MINUTE_MS = 60_000
/** Longer than young collections are apart, and a dozen of them fit into the two minutes that a short run measures. */
const WINDOW_MS = 10_000

/**
 * How resident memory grows, in MiB a minute: the least-squares line through the lowest sample of each ten seconds.
 * A heap grows until it is collected, so single samples rise and fall by megabytes without a leak, and where the tooth
 * stood at the first and at the last one would decide. What is never freed lifts the lowest ones, too.
 */
export function residentSlope(samples: readonly Sample[]): number {
  const startedAt = samples[0]?.atMs ?? 0
  const windowOf = (atMs: number): number => Math.floor((atMs - startedAt) / WINDOW_MS)
  // The last is not full, and may hold the upper half of a tooth only.
  const last = windowOf(samples.at(-1)?.atMs ?? startedAt)
  const windows = new Map<number, Sample>()
  for (const sample of samples) {
    const window = windowOf(sample.atMs)
    const lowest = windows.get(window)
    if (window !== last && (lowest === undefined || sample.residentMiB < lowest.residentMiB))
      windows.set(window, sample)
  }
  return leastSquares([...windows.values()].map(({ atMs, residentMiB }) => [atMs / MINUTE_MS, residentMiB]))
}

/** The slope of the line through points; NaN for fewer than two. */
export function leastSquares(points: readonly (readonly [x: number, y: number])[]): number {
  const mean = (of: (point: readonly [number, number]) => number): number =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length
  const meanX = mean(([x]) => x)
  const meanY = mean(([, y]) => y)
  return mean(([x, y]) => (x - meanX) * (y - meanY)) / mean(([x]) => (x - meanX) ** 2)
}
