import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Simulator } from '../simulator/simulator.ts'
import { Balancer } from './balancer.ts'
import type { Endpoint } from './client.ts'
import { type Ended, SoakedProxy } from './proxy.ts'
import type { RenewedCertificate } from './renewed-certificate.ts'

/** The balancer has seen that a proxy is leaving long before it stops to listen. */
const SHUTDOWN_DELAY = '2s'
/** Between two restarts. */
const PAUSE_MS = 6000
const END_MS = 60_000

/** Two proxies behind a TCP balancer, restarted one after the other while they serve. */
export class RollingPair {
  /** How those ended that were replaced, or that were there at the end. */
  readonly ended: Ended[] = []
  readonly #simulator: Simulator
  readonly #directory: string
  readonly #certificate: RenewedCertificate
  readonly #balancer: Balancer
  #proxies: SoakedProxy[] = []
  #started = 0

  private constructor(simulator: Simulator, directory: string, certificate: RenewedCertificate, balancer: Balancer) {
    this.#simulator = simulator
    this.#directory = directory
    this.#certificate = certificate
    this.#balancer = balancer
  }

  static async start(simulator: Simulator, directory: string, certificate: RenewedCertificate): Promise<RollingPair> {
    const pair = new RollingPair(simulator, directory, certificate, await Balancer.open())
    try {
      await pair.#startOne()
      await pair.#startOne()
      return pair
    } catch (error) {
      await pair.close()
      throw error
    }
  }

  /** What clients connect to. */
  get endpoint(): Endpoint {
    const { ca } = this.#certificate.certificates
    return { host: '127.0.0.1', port: this.#balancer.port, servername: 'localhost', ca }
  }

  /** Those that run and may be told that there is another certificate. */
  get proxies(): readonly SoakedProxy[] {
    return this.#proxies
  }

  /** Restarts one after the other until `signal` is aborted; calls back after each. */
  async roll(signal: AbortSignal, restarted: () => void): Promise<void> {
    while (!signal.aborted) {
      await sleep(PAUSE_MS, undefined, { signal }).catch(() => {})
      if (signal.aborted) return
      await this.#endOldest()
      await this.#startOne()
      restarted()
    }
  }

  /** Ends both, and the balancer. */
  async close(): Promise<void> {
    while (this.#proxies.length > 0) await this.#endOldest()
    await this.#balancer.close()
  }

  async #startOne(): Promise<void> {
    this.#started += 1
    const directory = join(this.#directory, `rolling-${this.#started}`)
    await mkdir(directory)
    const { certificates } = this.#certificate
    const proxy = await SoakedProxy.start(this.#simulator, directory, { certificates, environment: { SHUTDOWN_DELAY } })
    this.#proxies.push(proxy)
    this.#balancer.add(proxy.endpoint)
  }

  async #endOldest(): Promise<void> {
    const proxy = this.#proxies.shift()
    if (proxy === undefined) return
    // It stays in the balancer, which finds out by itself.
    this.ended.push(await proxy.end(END_MS))
    this.#balancer.remove(proxy.endpoint)
  }
}
