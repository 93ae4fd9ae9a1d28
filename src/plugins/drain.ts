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
  // A hook with a callback: an async one costs a promise for each request.
  app.addHook('onRequest', (request, reply, done) => {
    state.requestStarted(request.raw.socket)
    // Not onResponse: Fastify never calls it for an answer that broke off.
    reply.raw.once('close', () => state.requestEnded())
    done()
  })
}

export default fp(drain, { name: 'drain' })
