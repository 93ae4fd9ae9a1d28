import type { FastifyBaseLogger } from 'fastify'
import type { Config } from './config/load.ts'
import type { ShownRequest } from './debug/in-flight.ts'
import { DebugListener } from './debug/listener.ts'
import { Live } from './debug/live.ts'
import type { Sources } from './debug/reading.ts'

export interface DebugServerOptions {
  host: string
  port: number
  config: Config
  sources: Sources
  /** Those in flight in this process. */
  requests: () => readonly ShownRequest[]
  /** The ports of its workers' debug servers. */
  workerPorts: readonly number[]
  log: FastifyBaseLogger
}

/** The debug server of one process: a listener, the numbers of the last minutes, and pages that load when they are asked for. */
export class DebugServer {
  readonly #listener: DebugListener
  readonly #live: Live

  constructor({ host, port, config, sources, requests, workerPorts, log }: DebugServerOptions) {
    const live = new Live(sources, workerPorts.length > 0 ? 'crew' : 'process')
    this.#live = live
    this.#listener = new DebugListener({
      host,
      port,
      log,
      build: async (loopback) => {
        const { buildDebugApp } = await import('./debug-app.ts')
        const heapSnapshots = config.DEBUG_HEAPSNAPSHOT === 'on'
        const shown = { settings: config, sources, requests, workerPorts }
        const app = await buildDebugApp({ ...shown, loopback, live, heapSnapshots, log })
        return { answer: (...asked) => app.routing(...asked), close: () => app.close() }
      },
    })
  }

  /** Settles when it listens, or when the log has why it cannot; it never throws. */
  async listen(): Promise<void> {
    if (await this.#listener.listen()) this.#live.start()
  }

  async close(): Promise<void> {
    this.#live.stop()
    await this.#listener.close()
  }
}
