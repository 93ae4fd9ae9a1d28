import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'

/** What a run has to put back, undone in reverse order by close(), or when the process is told to end. */
export class Undo {
  readonly #steps: (() => unknown)[] = []
  #closed: Promise<void> | undefined
  readonly #onSignal = (signal: NodeJS.Signals): void => {
    // The exit code only says that it was cut short; who sent the signal knows which.
    this.close()
      .catch((err: unknown) => console.error(`clean-up after ${signal}`, err))
      .finally(() => process.exit(1))
  }

  constructor() {
    for (const signal of SIGNALS) process.once(signal, this.#onSignal)
  }

  add(step: () => unknown): void {
    this.#steps.push(step)
  }

  /** Removes these in the end, unless they were there before. */
  leaveAsFound(...paths: string[]): void {
    const absent = paths.filter((path) => !existsSync(path))
    this.add(() => Promise.all(absent.map((path) => rm(path, { recursive: true, force: true }))))
  }

  /**
   * Goes on after a step that fails, so that nothing is left behind because of it; throws at the end. A run that ends while a
   * signal has it closed waits for the same end: two at once would take steps out of their order.
   */
  async close(): Promise<void> {
    this.#closed ??= this.#undo()
    return this.#closed
  }

  async #undo(): Promise<void> {
    const errors: unknown[] = []
    for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop()) {
      try {
        await step()
      } catch (err) {
        errors.push(err)
      }
    }
    for (const signal of SIGNALS) process.off(signal, this.#onSignal)
    if (errors.length > 0) throw new AggregateError(errors, 'the run could not be cleaned up')
  }
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
