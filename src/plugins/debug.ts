import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import type { Clock } from '../clock.ts'
import type { Config } from '../config/load.ts'
import { InFlight } from '../debug/in-flight.ts'
import { DebugListener } from '../debug/listener.ts'

export interface DebugOptions {
  config: Config
  clock: Clock
}

/** Lets an operator look into the running process, on a listener of its own (docs/debugging.md). */
async function debug(app: FastifyInstance, { config, clock }: DebugOptions): Promise<void> {
  const { DEBUG_HOST: host, DEBUG_PORT: port, DEBUG_HEAPSNAPSHOT } = config
  if (port === 'off') return
  const inFlight = new InFlight(() => clock.now())
  app.addHook('onRequest', (request, reply, done) => {
    inFlight.started(request)
    reply.raw.once('close', () => inFlight.ended(request))
    done()
  })
  const listener = new DebugListener({
    host,
    port,
    log: app.log,
    build: async (onLoopback) => {
      const { buildDebugApp } = await import('../debug-app.ts')
      const view = { requests: () => inFlight.list() }
      const heapSnapshots = DEBUG_HEAPSNAPSHOT === 'on'
      const debugApp = await buildDebugApp({ onLoopback, view, heapSnapshots, log: app.log })
      return { answer: (...asked) => debugApp.routing(...asked), close: () => debugApp.close() }
    },
  })
  // After the proxy's own listener, whose start nobody is to wait for.
  app.addHook('onListen', (done) => {
    void listener.listen()
    done()
  })
  app.addHook('onClose', () => listener.close())
}

export default fp(debug, { name: 'debug', dependencies: ['call', 'access-log'] })
