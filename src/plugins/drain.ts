import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { Drain } from '../drain.ts'

declare module 'fastify' {
  interface FastifyInstance {
    drain: Drain
  }
}

/** Counts what is in flight, and knows when the service is on its way out. */
async function drain(app: FastifyInstance): Promise<void> {
  const state = new Drain(app.server)
  app.decorate('drain', state)
  // Hooks with a callback: an async one costs a promise for each request.
  app.addHook('onRequest', (request, _reply, done) => {
    state.requestStarted(request.raw.socket)
    done()
  })
  app.addHook('onResponse', (_request, _reply, done) => {
    state.requestEnded()
    done()
  })
}

export default fp(drain, { name: 'drain' })
