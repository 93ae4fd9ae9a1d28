const MINUTE_MS = 60_000
/** Caches, compiled code and the heap reach their size in this time. */
const WARM_UP_MS = 3 * MINUTE_MS
/** Of a run that is too short for that. */
const WARM_UP_SHARE = 0.6
/** They reach it after some 1,100 operations: at 3 a second that would be in the sixth minute. More than 10 keep two cores busy. */
const WARM_UP_RATE = 9

/** The part of a run whose memory is not judged, in milliseconds. */
export function warmUpMs(minutes: number): number {
  return Math.min(WARM_UP_MS, minutes * MINUTE_MS * WARM_UP_SHARE)
}

/** When the operations start, in milliseconds from the beginning: `rate` a second, and no fewer than 9 in the warm-up. */
export function* startTimes({ minutes, rate }: { minutes: number; rate: number }): Generator<number> {
  const warmUntil = warmUpMs(minutes)
  for (let at = 0; at < minutes * MINUTE_MS; at += 1000 / (at < warmUntil ? Math.max(rate, WARM_UP_RATE) : rate))
    yield at
}
