/** What the operating system said of the proxy at one moment. */
export interface Sample {
  atMs: number
  residentMiB: number
  descriptors: number
}

const MINUTE_MS = 60_000
/** How often the proxy is told to collect its garbage; a dozen fit into the two minutes that a short run measures. */
export const WINDOW_MS = 10_000

/**
 * How resident memory grows, in MiB a minute: the least-squares line through the lowest sample of each ten seconds, in
 * which the proxy has collected its garbage once. By itself V8 collects the old generation every two minutes or so at this
 * load, and the tooth between is 4 MiB high: it alone makes slopes from -2 to 2 of two minutes. What is never freed lifts
 * the lowest samples, too.
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
