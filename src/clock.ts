/** Time as the core sees it; a test replaces it at the edge. */
export interface Clock {
  /** Milliseconds on a clock that never jumps; not the time of day. */
  now(): number
  /** Calls back once after `ms`; the returned function cancels. Never keeps the process alive. */
  after(ms: number, callback: () => void): () => void
}

const LONGEST_TIMER_MS = 2 ** 31 - 1

/** The process's monotonic clock: a corrected time of day neither ages nor revives a token. */
export const systemClock: Clock = {
  now: () => performance.now(),
  after: (ms, callback) => {
    // Node fires a longer timer at once.
    const timer = setTimeout(callback, Math.min(ms, LONGEST_TIMER_MS)).unref()
    return () => clearTimeout(timer)
  },
}
