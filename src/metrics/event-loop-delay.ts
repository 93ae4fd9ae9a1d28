import type { Clock } from '../clock.ts'
import { EVENT_LOOP_SAMPLE_MS } from '../limits.ts'

/** Measures how late a timer is called, again and again: so long does everything else wait that is due. */
export class EventLoopDelay {
  readonly #clock: Clock
  readonly #record: (ms: number) => void
  #cancel: (() => void) | undefined

  constructor(clock: Clock, record: (ms: number) => void) {
    this.#clock = clock
    this.#record = record
  }

  start(): void {
    const due = this.#clock.now() + EVENT_LOOP_SAMPLE_MS
    this.#cancel = this.#clock.after(EVENT_LOOP_SAMPLE_MS, () => {
      this.#record(Math.max(0, this.#clock.now() - due))
      this.start()
    })
  }

  stop(): void {
    this.#cancel?.()
  }
}
