import { mock } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'

const STEP_MS = 500

/**
 * Timers that run only when a test lets time pass, so that a limit of minutes is seen in a moment. For the whole process,
 * because undici keeps one timer across all its clients; sockets, promises and what asks for the time stay real.
 */
export class FastTime {
  readonly #armed = new Set<FastTimer>()
  #now = 0

  constructor() {
    const clear = clearTimeout
    mock.method(globalThis, 'setTimeout', (run: (...args: unknown[]) => void, ms = 0, ...args: unknown[]) =>
      new FastTimer(this, ms, () => run(...args)).refresh(),
    )
    mock.method(globalThis, 'clearTimeout', (timer: FastTimer | NodeJS.Timeout | undefined) => {
      if (timer instanceof FastTimer) this.disarm(timer)
      else clear(timer)
    })
  }

  arm(timer: FastTimer): void {
    timer.due = this.#now + timer.ms
    this.#armed.add(timer)
  }

  disarm(timer: FastTimer): void {
    this.#armed.delete(timer)
  }

  /** Lets so much time pass. */
  async pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += STEP_MS) await this.#step()
  }

  /** Lets time pass until `work` settles, or throws after `mostMs`. Returns how much has passed, in milliseconds. */
  async until(work: Promise<unknown>, mostMs: number): Promise<number> {
    const state = { settled: false }
    const settle = (): void => {
      state.settled = true
    }
    work.then(settle, settle)
    const startedAt = this.#now
    await turn()
    while (!state.settled) {
      if (this.#now - startedAt > mostMs) throw new Error(`not within ${mostMs} ms`)
      await this.#step()
    }
    return this.#now - startedAt
  }

  async #step(): Promise<void> {
    this.#now += STEP_MS
    for (const timer of [...this.#armed].toSorted((a, b) => a.due - b.due)) {
      if (timer.due > this.#now || !this.#armed.delete(timer)) continue
      timer.run()
    }
    // What a timer has set off may itself wait for a socket.
    await turn()
    await turn()
  }
}

/** As much of a timeout as is used: to be armed anew, and to hold no process. */
class FastTimer {
  readonly #time: FastTime
  readonly ms: number
  readonly run: () => void
  due = 0

  constructor(time: FastTime, ms: number, run: () => void) {
    this.#time = time
    this.ms = ms
    this.run = run
  }

  refresh(): this {
    this.#time.arm(this)
    return this
  }

  ref(): this {
    return this
  }

  unref(): this {
    return this
  }

  hasRef(): boolean {
    return false
  }
}
