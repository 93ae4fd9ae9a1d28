import { Deferred } from '../deferred.ts'
import { WORKER_BACKOFF_MAX_MS, WORKER_BACKOFF_MIN_MS, WORKER_STEADY_MS } from '../limits.ts'
import type { Ask, Hello, Leaving, ToWorker } from './messages.ts'

/** A worker process, as its primary sees it. */
export interface WorkerProcess {
  readonly pid: number | undefined
  send(message: ToWorker): void
  /** Ends it at once. */
  kill(): void
}

/** What a worker process reports. `ended` comes once, and last. */
export interface WorkerEvents {
  message(message: Hello | Ask | Leaving): void
  listening(): void
  ended(code: number | null, signal: string | null): void
}

export interface CrewOptions {
  count: number
  /** `number` is that of the worker's place, from 1. */
  fork: (events: WorkerEvents, number: number) => WorkerProcess
  /** What a worker gets when it says hello. */
  welcome: () => ToWorker[]
  /** What a worker asks, and how to answer it. */
  onMessage: (message: Ask, reply: (message: ToWorker) => void) => void
  /** How long a worker may take for its end, in milliseconds; then it is killed. */
  endMs: number
  /** Milliseconds on a clock that never jumps. */
  now: () => number
  /** Calls back once, and keeps the process alive until then; the returned function cancels. */
  after: (ms: number, callback: () => void) => () => void
  log: { error(object: object, message: string): void }
}

interface Worker {
  process: WorkerProcess
  slot: Slot
  forkedAt: number
  greeted: boolean
  listening: boolean
  /** Whether it ends without having been told to. */
  leaving: boolean
  cancelKill: (() => void) | undefined
}

/** The place of one worker; whoever fills it inherits its failures. */
interface Slot {
  number: number
  failures: number
  cancelRestart: (() => void) | undefined
}

/** The workers of one primary: forks them, replaces those that die, and takes them out in order. */
export class Crew {
  readonly #options: CrewOptions
  readonly #workers = new Set<Worker>()
  readonly #slots: Slot[]
  readonly #first = new Deferred<boolean>()
  readonly #drained = new Deferred<void>()
  #hasListened = false
  #wasComplete = false
  #draining = false
  #clean = true

  constructor(options: CrewOptions) {
    this.#options = options
    this.#slots = Array.from({ length: options.count }, (_, i) => ({
      number: i + 1,
      failures: 0,
      cancelRestart: undefined,
    }))
  }

  get draining(): boolean {
    return this.#draining
  }

  /** Why the workers together are not ready, or undefined: all must have listened once, later one is enough. */
  get notReady(): string | undefined {
    if (!this.#wasComplete) return 'not all workers listen yet'
    return this.#listening() === 0 ? 'no worker listens' : undefined
  }

  /**
   * Forks the first worker, and the others once it listens, so that what is wrong for all of them is logged once. False when
   * the first one ends before.
   */
  async start(): Promise<boolean> {
    const [first, ...others] = this.#slots
    if (first !== undefined) this.#fork(first)
    const listens = await this.#first.promise
    if (listens && !this.#draining) for (const slot of others) this.#fork(slot)
    return listens
  }

  /** Sends a message to every worker; one that has not said hello yet will be welcomed with the news. */
  tell(message: ToWorker): void {
    for (const worker of this.#workers) if (worker.greeted) worker.process.send(message)
  }

  /**
   * Lets every worker finish and end, and forks none any more; after `endMs` the rest is killed. True when each ended
   * with exit code 0, which says that it cut no request.
   */
  async drain(): Promise<boolean> {
    this.#draining = true
    for (const slot of this.#slots) slot.cancelRestart?.()
    this.tell({ type: 'drain' })
    if (this.#workers.size === 0) this.#drained.resolve()
    const { after, endMs } = this.#options
    const cancel = after(endMs, () => this.kill())
    await this.#drained.promise
    cancel()
    return this.#clean
  }

  /** Ends all workers at once. */
  kill(): void {
    for (const worker of this.#workers) worker.process.kill()
  }

  #fork(slot: Slot): void {
    const { fork, now } = this.#options
    slot.cancelRestart = undefined
    const worker: Worker = {
      slot,
      forkedAt: now(),
      greeted: false,
      listening: false,
      leaving: false,
      cancelKill: undefined,
      process: fork(
        {
          message: (message) => this.#received(worker, message),
          listening: () => this.#listened(worker),
          ended: (code, signal) => this.#ended(worker, code, signal),
        },
        slot.number,
      ),
    }
    this.#workers.add(worker)
  }

  #received(worker: Worker, message: Hello | Ask | Leaving): void {
    const reply = (answer: ToWorker): void => worker.process.send(answer)
    if (message.type === 'ask') return this.#options.onMessage(message, reply)
    if (message.type === 'leaving') return this.#leaves(worker)
    worker.greeted = true
    if (this.#draining) return reply({ type: 'drain' })
    for (const news of this.#options.welcome()) reply(news)
    reply(this.#state())
  }

  #listened(worker: Worker): void {
    worker.listening = !worker.leaving
    this.#hasListened = true
    this.#wasComplete ||= this.#listening() === this.#slots.length
    this.#first.resolve(true)
    this.tell(this.#state())
  }

  /**
   * A worker that fails lets its requests end, which may take an hour; nobody is to wait so long for the next one. Where that
   * one fails, too, there are two for one place, and no third until one has ended: a request that fails each worker that it
   * comes to must not fill the memory with them.
   */
  #leaves(worker: Worker): void {
    if (this.#draining || !this.#hasListened) return
    const { after, endMs } = this.#options
    const isSecond = [...this.#workers].some(({ slot, leaving }) => leaving && slot === worker.slot)
    worker.listening = false
    worker.leaving = true
    worker.cancelKill = after(endMs, () => worker.process.kill())
    if (isSecond) return this.tell(this.#state())
    this.#replace(worker, 'a worker fails and ends; another one takes its place', {})
  }

  #ended(worker: Worker, code: number | null, signal: string | null): void {
    const { log } = this.#options
    this.#workers.delete(worker)
    worker.cancelKill?.()
    if (this.#draining) {
      // One that had not said hello has served nothing: a signal to the whole group finds it without a listener.
      this.#clean &&= code === 0 || !worker.greeted
      if (this.#workers.size === 0) this.#drained.resolve()
    } else if (!this.#hasListened) {
      // One that ends with 1 has said why.
      if (code !== 1)
        log.error({ worker: worker.process.pid, code, signal }, 'the first worker died before it listened')
    } else if (this.#isVacant(worker.slot)) {
      this.#replace(worker, 'a worker died; another one takes its place', { code, signal })
    }
    // Known already unless it was the first, and never listened.
    this.#first.resolve(false)
  }

  /** Whether nobody has this place to stay, and nobody is about to. */
  #isVacant(slot: Slot): boolean {
    if (slot.cancelRestart !== undefined) return false
    return [...this.#workers].every((other) => other.slot !== slot || other.leaving)
  }

  #replace({ process, slot, forkedAt }: Worker, what: string, how: object): void {
    const { after, log, now } = this.#options
    if (now() - forkedAt >= WORKER_STEADY_MS) slot.failures = 0
    const restartInMs = Math.min(WORKER_BACKOFF_MAX_MS, WORKER_BACKOFF_MIN_MS * 2 ** Math.min(slot.failures, 16))
    slot.failures += 1
    log.error({ worker: process.pid, ...how, restartInMs }, what)
    slot.cancelRestart = after(restartInMs, () => this.#fork(slot))
    this.tell(this.#state())
  }

  #listening(): number {
    return [...this.#workers].filter(({ listening }) => listening).length
  }

  #state(): ToWorker {
    return { type: 'crew', notReady: this.notReady ?? null }
  }
}
