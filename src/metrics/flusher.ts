import type { Clock } from '../clock.ts'
import { METRICS_CALL_MS, METRICS_LAST_FLUSH_MS } from '../limits.ts'
import type { Log } from '../log.ts'
import { unlessAborted } from '../unless-aborted.ts'
import { type Delivery, RefusedNumbersError, type Sink } from './sink.ts'
import type { MetricsSnapshot } from './snapshot.ts'

export interface FlusherOptions {
  intervalMs: number
  /** The numbers since it was last called. */
  take: () => MetricsSnapshot
  /** Called at the start, and again with each flush after it failed. Node 20 never retries an import that failed. */
  openSink: () => Promise<Sink>
  clock: Clock
  log: Log
}

/**
 * Sends the numbers to their sink, one flush at a time. What the sink did not take is kept and sent before anything newer
 * is taken from the recorder, which counts on meanwhile: that is one flush and one set of sums, however long it lasts.
 */
export class Flusher {
  readonly #options: FlusherOptions
  #sink: Promise<Sink> | undefined
  #unsent: Delivery[] = []
  #running: Promise<void> | undefined
  #cancelTimer: (() => void) | undefined
  #call: AbortController | undefined
  #overdue: Error | undefined
  #failing = false
  /** Whether a part was refused in the last flush that ended, and in the one under way. */
  #refusing = false
  #refused = false

  constructor(options: FlusherOptions) {
    this.#options = options
  }

  start(): void {
    // The first flush logs it.
    this.#opened().catch(() => {})
    this.#arm()
  }

  /** Settles when the flush that is under way, or the one that it begins, has ended; never rejects. */
  flush(): Promise<void> {
    this.#running ??= this.#flush().finally(() => {
      this.#running = undefined
    })
    return this.#running
  }

  /** Sends what there still is, in bounded time. */
  async close(): Promise<void> {
    // Never started: there is nothing to be sent, and no sink to be opened for it.
    if (this.#cancelTimer === undefined) return
    this.#cancelTimer()
    const cancel = this.#options.clock.after(METRICS_LAST_FLUSH_MS, () => {
      this.#overdue = new Error(`the last flush took longer than ${METRICS_LAST_FLUSH_MS} ms`)
      this.#call?.abort(this.#overdue)
    })
    await this.#running
    await this.flush()
    cancel()
    const sink = await this.#sink?.catch(() => undefined)
    sink?.close()
  }

  #opened(): Promise<Sink> {
    this.#sink ??= this.#options.openSink().catch((err: unknown) => {
      this.#sink = undefined
      throw err
    })
    return this.#sink
  }

  #arm(): void {
    const { clock, intervalMs } = this.#options
    this.#cancelTimer = clock.after(intervalMs, () => {
      this.#arm()
      void this.flush()
    })
  }

  async #flush(): Promise<void> {
    const { log, take } = this.#options
    try {
      const sink = await this.#opened()
      await this.#deliver()
      this.#unsent = sink.deliveries(take())
      await this.#deliver()
      if (this.#failing) log.info({}, 'metrics are sent again')
      this.#failing = false
      if (this.#refusing && !this.#refused) log.info({}, 'no part of the metrics is refused any more')
      this.#refusing = this.#refused
      this.#refused = false
    } catch (err) {
      if (!this.#failing) log.warn({ err }, 'metrics cannot be sent; they are counted on, and sent when that succeeds')
      this.#failing = true
    }
  }

  async #deliver(): Promise<void> {
    for (let [first] = this.#unsent; first !== undefined; [first] = this.#unsent) {
      try {
        await this.#inTime(first)
      } catch (err) {
        if (!(err instanceof RefusedNumbersError)) throw err
        if (!this.#refusing && !this.#refused)
          this.#options.log.error({ err }, 'a part of the metrics is refused for good, and dropped')
        this.#refused = true
      }
      this.#unsent.shift()
    }
  }

  async #inTime(delivery: Delivery): Promise<void> {
    if (this.#overdue !== undefined) throw this.#overdue
    const call = new AbortController()
    this.#call = call
    const cancel = this.#options.clock.after(METRICS_CALL_MS, () =>
      call.abort(new Error(`the call took longer than ${METRICS_CALL_MS} ms`)),
    )
    try {
      // Not every sink can look at the signal: what a worker has said waits for a primary that hangs.
      await unlessAborted(call.signal, delivery(call.signal))
    } finally {
      cancel()
    }
  }
}
