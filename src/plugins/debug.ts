import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import type { Clock } from '../clock.ts'
import type { Config } from '../config/load.ts'
import { InFlight, type ShownRequest } from '../debug/in-flight.ts'
import type { Sources } from '../debug/reading.ts'
import { DebugServer } from '../debug-server.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Ends the debug server ahead of the app, and so gives its port to who comes next. Settles when it has. */
    closeDebugServer: () => Promise<void>
  }
}

export interface DebugOptions {
  config: Config
  clock: Clock
}

/** Where the numbers of an app are. */
export function sourcesOf(app: FastifyInstance): Sources {
  return {
    snapshot: () => app.metrics.snapshot(),
    pool: () => app.forwarder.poolNumbers(),
    tokenRefreshInMs: () => app.ecrTokens.refreshInMs,
  }
}

/** Lets an operator look into the running process, on a listener of its own (docs/debugging.md). */
async function debug(app: FastifyInstance, { config, clock }: DebugOptions): Promise<void> {
  const { DEBUG_HOST: host, DEBUG_PORT: port } = config
  let server: DebugServer | undefined
  app.decorate('closeDebugServer', async () => server?.close())
  if (port === 'off') return
  const inFlight = new InFlight(() => clock.now())
  app.addHook('onRequest', (request, _reply, done) => {
    inFlight.started(request)
    done()
  })
  app.callEnded.push((request) => inFlight.ended(request))
  const requests = (): ShownRequest[] => inFlight.list()
  const sources = sourcesOf(app)
  // After the proxy's own listener, which nobody is to wait longer for.
  app.addHook('onListen', (done) => {
    server = new DebugServer({ host, port, config, sources, requests, workerPorts: [], log: app.log })
    void server.listen()
    done()
  })
  app.addHook('onClose', async () => app.closeDebugServer())
}

export default fp(debug, { name: 'debug', dependencies: ['call', 'access-log'] })
