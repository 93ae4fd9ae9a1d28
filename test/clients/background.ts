import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'

/** A program that serves until stop(); what it says goes to its log file. */
export class Background {
  readonly #name: string
  readonly #child: ChildProcess
  readonly #log: string
  readonly #ended: Promise<void>
  #running = true

  constructor(file: string, args: readonly string[], options: { env: NodeJS.ProcessEnv; log: string }) {
    this.#name = file
    this.#log = options.log
    const log = openSync(options.log, 'a')
    this.#child = spawn(file, args, { env: options.env, stdio: ['ignore', log, log] })
    closeSync(log)
    this.#ended = new Promise((resolve) => {
      const end = (): void => {
        this.#running = false
        resolve()
      }
      this.#child.once('error', end)
      this.#child.once('exit', end)
    })
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new Error(`${this.#name} did not start`)
    return this.#child.pid
  }

  /** Resolves when `ready` does not throw any more; throws when the program ends before, or after START_MS. */
  async waitUntil(ready: () => Promise<unknown>): Promise<void> {
    const deadline = Date.now() + START_MS
    for (;;) {
      try {
        await ready()
        return
      } catch (cause) {
        if (!this.#running || Date.now() > deadline) {
          throw new Error(`${this.#name} does not serve\n${await this.lastWords()}`, { cause })
        }
        await wait(POLL_MS)
      }
    }
  }

  async lastWords(): Promise<string> {
    return (await readFile(this.#log, 'utf8')).split('\n').slice(-LAST_LINES).join('\n')
  }

  /** Asks by SIGTERM, insists by SIGKILL after STOP_MS. */
  async stop(): Promise<void> {
    this.#child.kill('SIGTERM')
    const insist = setTimeout(() => this.#child.kill('SIGKILL'), STOP_MS)
    await this.#ended
    clearTimeout(insist)
  }
}

const START_MS = 60_000
const POLL_MS = 100
// dockerd gives its own children 15 s.
const STOP_MS = 30_000
const LAST_LINES = 20
