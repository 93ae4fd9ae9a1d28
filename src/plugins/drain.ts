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
  app.addHook('onRequest', async (request, reply) => {
    state.requestStarted(request.raw.socket)
    // Not onResponse: Fastify never calls it for an answer that broke off.
    reply.raw.once('close', () => state.requestEnded())
  })
}

export default fp(drain, { name: 'drain' })
