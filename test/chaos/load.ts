import { Agent } from 'node:https'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Endpoint } from '../soak/client.ts'
import type { Random } from '../soak/random.ts'
import type { Seen } from './outcome.ts'
import { PUSHED, type Seeded } from './seeds.ts'
import { type Acknowledged, type Kind, Visitor, type VisitorOptions } from './visitor.ts'

const PULLERS = 3
const PUSHERS = 2
const LAYER_BYTES = 600 * 1024
/** Between two pulls, or pushes, of one client. */
const PAUSE_MS = 60
/** Normal is what stays so for as long. */
const STEADY_MS = 2000

export interface LoadOptions {
  endpoint: Endpoint
  seeded: Seeded
  random: Random
  patienceMs: number
}

/** Clients that pull and push one thing after the other, over connections that they keep. */
export class Load {
  readonly seen: Record<Kind, Seen> = { pulls: {}, pushes: {} }
  readonly acknowledged: Acknowledged[] = []
  readonly #options: LoadOptions
  readonly #agents: Agent[] = []
  readonly #loops: Promise<void>[] = []
  /** When the last request began that did not come to what is right. */
  #lastFailureAt = 0
  #stopped = false

  constructor(options: LoadOptions) {
    this.#options = options
  }

  start(): void {
    const loop = (visit: (visitor: Visitor) => Promise<boolean>): void => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 })
      this.#agents.push(agent)
      this.#loops.push(this.#repeat(() => visit(this.#visitor({ ...this.#options.endpoint, agent }))))
    }
    for (let i = 0; i < PULLERS; i += 1) loop((visitor) => visitor.pull())
    for (let i = 0; i < PUSHERS; i += 1) loop((visitor) => visitor.push(PUSHED))
  }

  /** So many pulls and pushes at once, each over a connection of its own. */
  async burst(pulls: number, pushes: number): Promise<void> {
    const visitor = this.#visitor(this.#options.endpoint)
    await Promise.all([
      ...Array.from({ length: pulls }, () => visitor.pull()),
      ...Array.from({ length: pushes }, () => visitor.push(PUSHED)),
    ])
  }

  /** Lets what is under way end. */
  async stop(): Promise<void> {
    this.#stopped = true
    await Promise.all(this.#loops)
    for (const agent of this.#agents) agent.destroy()
  }

  /**
   * How long from now until service is normal: a pull and a push over new connections are right, and for a while no request
   * that any client begins fails. Undefined when that does not come within `limitMs`.
   */
  async untilNormal(limitMs: number): Promise<number | undefined> {
    const endedAt = performance.now()
    while (performance.now() - endedAt < limitMs) {
      const visitor = this.#visitor(this.#options.endpoint)
      const [pulled, pushed] = await Promise.all([visitor.pull(), visitor.push(PUSHED)])
      if (pulled && pushed) {
        const normalAt = performance.now()
        await sleep(STEADY_MS)
        if (this.#lastFailureAt < normalAt) return normalAt - endedAt
      } else {
        await sleep(PAUSE_MS)
      }
    }
    return undefined
  }

  async #repeat(visit: () => Promise<boolean>): Promise<void> {
    while (!this.#stopped) {
      await visit()
      await sleep(PAUSE_MS)
    }
  }

  #visitor(endpoint: Endpoint): Visitor {
    const { seeded, random, patienceMs } = this.#options
    const options: VisitorOptions = {
      endpoint,
      seeded,
      patienceMs,
      layer: () => random.bytes(LAYER_BYTES),
      onOutcome: (kind, outcome, startedAt) => {
        const seen = this.seen[kind]
        seen[outcome] = (seen[outcome] ?? 0) + 1
        if (outcome !== 'right') this.#lastFailureAt = Math.max(this.#lastFailureAt, startedAt)
      },
      onAcknowledged: (what) => this.acknowledged.push(what),
    }
    return new Visitor(options)
  }
}
