import { errorCode } from '../error-code.ts'
import type http from 'node:http'
import { DEBUG_CONNECTIONS } from '../limits.ts'
import type { Log } from '../log.ts'
import { listenProblem } from '../listen-problem.ts'
import { createServer } from '../node-http.ts'
import { isLoopback } from './loopback.ts'

/** What answers, once somebody asks. */
export interface DebugAnswerer {
  answer: http.RequestListener
  close(): Promise<void>
}

export interface DebugListenerOptions {
  host: string
  port: number
  /** Makes what answers, for a listener on an address of loopback, or elsewhere. */
  build: (loopback: string | undefined) => Promise<DebugAnswerer>
  log: Log
}

/**
 * Listens for those who look at this process. What answers them is built and loaded when the first one comes: most
 * processes are never looked at. A debug port that cannot be had is a line in the log, and no reason not to serve.
 */
export class DebugListener {
  readonly #options: DebugListenerOptions
  readonly #server: http.Server
  #answerer: Promise<DebugAnswerer> | undefined

  constructor(options: DebugListenerOptions) {
    this.#options = options
    this.#server = createServer((request, response) => this.#answer(request, response))
    this.#server.maxConnections = DEBUG_CONNECTIONS
  }

  /** Whether it listens; the log has why it does not. */
  async listen(): Promise<boolean> {
    const { host, port, log } = this.#options
    try {
      await new Promise<void>((resolve, reject) => {
        // Later ones, as of a connection that cannot be accepted for want of descriptors, end nothing.
        this.#server.on('error', reject)
        // Exclusive: a worker's port is its own, and not handed over by the primary.
        this.#server.listen({ host, port, exclusive: true }, resolve)
      })
    } catch (error) {
      const code = errorCode(error) ?? 'unknown error'
      const problem = listenProblem(code, { port: 'DEBUG_PORT', host: 'DEBUG_HOST' }, host, port)
      log.warn({ host, port, code }, `${problem}; this process has no debug server`)
      return false
    }
    log.info({ host, port }, `debug server on http://${host.includes(':') ? `[${host}]` : host}:${port}/debug/`)
    if (this.#loopback === undefined) {
      log.warn({ host, port }, 'DEBUG_HOST: the debug server is open to other machines, and asks nobody who they are')
    }
    return true
  }

  /** Stops listening and cuts what is under way, a profile included. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    this.#server.closeAllConnections()
    await closed
    await (await this.#answerer)?.close()
  }

  get #loopback(): string | undefined {
    const bound = this.#server.address()
    return typeof bound === 'object' && bound !== null && isLoopback(bound.address) ? bound.address : undefined
  }

  #answer(request: http.IncomingMessage, response: http.ServerResponse): void {
    this.#answerer ??= this.#options.build(this.#loopback)
    this.#answerer.then(
      ({ answer }) => answer(request, response),
      (error: unknown) => {
        // The next one to ask may have more luck.
        this.#answerer = undefined
        this.#options.log.error({ err: error }, 'the debug server could not be built')
        response
          .writeHead(500, { 'Content-Type': 'text/plain' })
          .end('the debug server failed; the log has the reason\n')
      },
    )
  }
}
