import { setTimeout as sleep } from 'node:timers/promises'
import { accessDenied, rateExceeded, throttlingException } from '../simulator/fault-presets.ts'
import type { FaultAction } from '../simulator/faults.ts'
import type { Simulator } from '../simulator/simulator.ts'
import { header } from '../support/pair.ts'
import { type Weather, WEATHERS } from './explanation.ts'
import type { Random } from './random.ts'

/** Between two weathers; with the weathers themselves some eight of them fit into a minute. */
const CALM_MS = 4000
/** Long enough for a refresh to fall into it, too short for a token to expire in it. */
const API_FAULT_MS = 3500
const CLOSING_MS = 3000
/** Connections that idle for longer are closed while it is `closing`, just when the next request comes. */
const CLOSING_IDLE_MS = 40
/** A burst hits everybody for so long, some times, with a pause after each in which retries may succeed. */
const BURST = { times: 4, ms: 350, pauseMs: 250 }
/** Once the token API is well, a refused token is renewed at the next request; a busy machine has so long. */
const RENEWED_MS = 10_000
/** How often it is looked whether the proxy has a token that counts. */
const LOOK_MS = 20

/** How long things take, for a test that has less time. */
export interface Pace {
  calmMs: number
  renewedMs: number
}

interface Spell {
  readonly weather: Weather
  endedAt: number
}

/** What happens to the whole upstream, one thing after the other, in an order of chance. */
export class Sky {
  /** How often each came and went. */
  readonly counts = new Map<Weather, number>()
  /** What the proxy did not recover from in time. */
  readonly problems: string[] = []
  readonly #simulator: Simulator
  readonly #random: Random
  readonly #weathers: readonly Weather[]
  readonly #pace: Pace
  #spells: Spell[] = []

  constructor(
    simulator: Simulator,
    random: Random,
    weathers: readonly Weather[] = WEATHERS,
    pace: Pace = { calmMs: CALM_MS, renewedMs: RENEWED_MS },
  ) {
    this.#simulator = simulator
    this.#random = random
    this.#weathers = weathers
    this.#pace = pace
  }

  /** What went on at any time since then, on the clock of `performance`. */
  since(startedAt: number): ReadonlySet<Weather> {
    return new Set(this.#spells.filter(({ endedAt }) => endedAt >= startedAt).map(({ weather }) => weather))
  }

  /** Changes until `signal` is aborted, and ends in calm. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      for (const weather of this.#random.shuffled(this.#weathers)) {
        await sleep(this.#pace.calmMs, undefined, { signal }).catch(() => {})
        if (signal.aborted) return
        const spell: Spell = { weather, endedAt: Number.POSITIVE_INFINITY }
        // Nothing runs for longer than the few spells that are kept.
        this.#spells = [...this.#spells.slice(-WEATHERS.length * 2), spell]
        const problem = await this.#spell(weather, signal)
        // Be it with a problem: what fails from now on has no other excuse.
        spell.endedAt = performance.now()
        if (problem !== undefined) {
          this.problems.push(`${weather}: ${problem}`)
          continue
        }
        this.counts.set(weather, (this.counts.get(weather) ?? 0) + 1)
      }
    }
  }

  /** Returns what was wrong with the proxy afterwards. */
  async #spell(weather: Weather, signal: AbortSignal): Promise<string | void> {
    switch (weather) {
      case 'revoked-401':
        return this.#revoke(401, signal)
      case 'revoked-403':
        return this.#revoke(403, signal)
      case 'outage':
        return this.#outage(signal)
      case 'api-throttled':
        return this.#apiFault(throttlingException())
      case 'api-denied':
        return this.#apiFault(accessDenied())
      case 'closing':
        return this.#closing()
      case 'server-errors':
        return this.#bursts({ kind: 'status', status: 500, body: 'Internal Server Error', drain: true })
      case 'throttling':
        return this.#bursts(rateExceeded())
      default:
        return weather satisfies never
    }
  }

  async #revoke(status: 401 | 403, signal: AbortSignal): Promise<string | void> {
    const { behaviour, tokens } = this.#simulator
    behaviour.expiredToken = status
    tokens.revokeAll()
    return this.#untilTokenCounts(signal)
  }

  async #outage(signal: AbortSignal): Promise<string | void> {
    const { behaviour, tokens } = this.#simulator
    behaviour.expiredToken = 401
    tokens.revokeAll()
    await this.#apiFault({ kind: 'aws-error', status: 500, type: 'ServerException', message: 'Internal failure' })
    return this.#untilTokenCounts(signal)
  }

  async #apiFault(action: FaultAction): Promise<void> {
    const fault = this.#simulator.faults.add({ listener: 'api', times: Number.POSITIVE_INFINITY, action })
    await sleep(API_FAULT_MS)
    fault.remove()
  }

  async #bursts(action: FaultAction): Promise<void> {
    for (let i = 0; i < BURST.times; i += 1) {
      const fault = this.#simulator.faults.add({ times: Number.POSITIVE_INFINITY, action })
      await sleep(BURST.ms)
      fault.remove()
      await sleep(BURST.pauseMs)
    }
  }

  async #closing(): Promise<void> {
    const { behaviour } = this.#simulator
    const before = behaviour.keepAliveTimeoutMs
    behaviour.keepAliveTimeoutMs = CLOSING_IDLE_MS
    await sleep(CLOSING_MS)
    behaviour.keepAliveTimeoutMs = before
  }

  /**
   * Until the proxy sends a token again that the registry takes: one that it obtained after the revocation. Or until the
   * end of the load, after which it sends none. That it sends none in time is a problem: without an end, all that fails from
   * then on would be explained.
   */
  async #untilTokenCounts(signal: AbortSignal): Promise<string | void> {
    const { requests, tokens } = this.#simulator
    const counts = (): boolean => {
      const last = requests.findLast(({ listener }) => listener === 'registry')
      return last !== undefined && tokens.judge(header(last.rawHeaders, 'authorization')) === 'live'
    }
    const { renewedMs } = this.#pace
    const end = performance.now() + renewedMs
    do await sleep(LOOK_MS)
    while (!counts() && !signal.aborted && performance.now() < end)
    if (!counts() && !signal.aborted) return `no token that counts came within ${renewedMs} ms`
  }
}
