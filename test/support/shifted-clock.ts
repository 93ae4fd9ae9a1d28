import { type Clock, systemClock } from '../../src/clock.ts'

/** The process's clock, which a test can put forward; timers run in real time. */
export interface ShiftedClock extends Clock {
  advance(ms: number): void
}

export function shiftedClock(): ShiftedClock {
  let ahead = 0
  return {
    now: () => systemClock.now() + ahead,
    after: (ms, callback) => systemClock.after(ms, callback),
    advance: (ms) => {
      ahead += ms
    },
  }
}
