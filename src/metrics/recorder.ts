import type { TokenSource } from '../ecr/token-source.ts'
import type { RegistryRequest } from '../registry/request.ts'
import { Numbers, type Sums } from './numbers.ts'
import { operationOf } from './operation.ts'
import type { MetricsSnapshot } from './snapshot.ts'

/** What a request has cost and met, as its call has written it down. */
export interface RequestNumbers {
  readonly bytesIn: number
  readonly bytesOut: number
  /** Undefined where the upstream was not asked. */
  readonly upstreamMs: number | undefined
  readonly tries: number
  readonly upstreamErrors: number
  readonly throttles: number
  /** What there was too much of, where the request was turned away for it. */
  readonly shed: string | undefined
}

export interface RecorderOptions {
  /** Repositories that are counted apart; the others are counted together. */
  maxRepositories: number
  /** Requests whose answer has not ended. */
  inFlight: () => number
  tokens: () => Pick<TokenSource, 'current' | 'ageMs'>
  /** Until the certificate in use expires; undefined without TLS. */
  certificateDaysLeft: () => number | undefined
  /** Where it is logged, once, that there are more repositories than are counted apart; undefined where another process does. */
  log: { warn(object: object, message: string): void } | undefined
}

/** Counts what happens: since the process started, and since the numbers were last taken away. */
export class Recorder {
  readonly #options: RecorderOptions
  readonly #taken: Numbers
  /** What is recorded is recorded here alone; taking it puts an empty one in its place, so that nothing can be lost. */
  #fresh: Numbers
  #overflowTold = false
  #startOverflowTold = false

  constructor(options: RecorderOptions) {
    this.#options = options
    this.#taken = new Numbers(options.maxRepositories, () => {
      // Where a flush has said so, it goes without saying.
      if (this.#overflowTold || this.#startOverflowTold) return
      this.#startOverflowTold = true
      const { maxRepositories, log } = options
      log?.warn(
        { maxRepositories },
        'numbers since the start tell no more repositories apart; the others count as "other"',
      )
    })
    this.#fresh = this.#empty()
  }

  /** Counts a request whose answer has ended; `status` is 0 where no answer began, and `whole` false where it broke off. */
  requestEnded(
    asked: RegistryRequest | undefined,
    status: number,
    whole: boolean,
    durationMs: number,
    numbers: RequestNumbers,
  ): void {
    const { totals } = this.#fresh
    const tally = this.#fresh.operations[operationOf(asked)]
    tally.requests += 1
    if (status >= 500) tally.serverErrors += 1
    else if (status >= 400) tally.clientErrors += 1
    tally.bytesIn += numbers.bytesIn
    tally.bytesOut += numbers.bytesOut
    tally.durationMs.record(durationMs)
    if (numbers.upstreamMs !== undefined) tally.upstreamMs.record(numbers.upstreamMs)
    if (numbers.tries > 1) totals.retries += numbers.tries - 1
    totals.upstreamErrors += numbers.upstreamErrors
    totals.throttles += numbers.throttles
    if (numbers.shed !== undefined) totals.shedRequests += 1
    if (whole && status >= 200 && status < 300 && asked?.kind === 'manifest') this.#imageMoved(asked)
  }

  tokenRefreshed(): void {
    this.#fresh.totals.tokenRefreshes += 1
  }

  tokenRefreshFailed(): void {
    this.#fresh.totals.tokenRefreshFailures += 1
  }

  eventLoopDelayed(ms: number): void {
    this.#fresh.eventLoopDelayMs.record(ms)
  }

  /** Counts what another process has recorded. */
  add(sums: Sums): void {
    this.#fresh.add(sums)
  }

  /** All numbers since the process started. */
  snapshot(): MetricsSnapshot {
    const all = new Numbers(this.#options.maxRepositories)
    all.add(this.#taken.sums())
    all.add(this.#fresh.sums())
    return this.#seenNow(all.sums())
  }

  /** The numbers since this was last called. */
  take(): MetricsSnapshot {
    const sums = this.#fresh.sums()
    this.#fresh = this.#empty()
    this.#taken.add(sums)
    return this.#seenNow(sums)
  }

  #imageMoved({ method, repository }: { method: string; repository: string }): void {
    if (method === 'GET') this.#fresh.repository(repository).pulls += 1
    else if (method === 'PUT') this.#fresh.repository(repository).pushes += 1
  }

  #seenNow(sums: Sums): MetricsSnapshot {
    const { inFlight, certificateDaysLeft } = this.#options
    return {
      at: Date.now(),
      ...sums,
      inFlight: inFlight(),
      tokenAgeSeconds: this.#tokenAgeSeconds(),
      certificateDaysLeft: certificateDaysLeft(),
    }
  }

  #tokenAgeSeconds(): number | undefined {
    const tokens = this.#options.tokens()
    const { current } = tokens
    return current === undefined ? undefined : Math.round(tokens.ageMs(current) / 1000)
  }

  #empty(): Numbers {
    const { maxRepositories, log } = this.#options
    return new Numbers(maxRepositories, () => {
      if (this.#overflowTold) return
      this.#overflowTold = true
      log?.warn({ maxRepositories }, 'metrics tell no more repositories apart; the others count as "other"')
    })
  }
}
