import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { Drain } from '../drain.ts'

declare module 'fastify' {
  interface FastifyInstance {
    drain: Drain
  }
}

/** Knows what is in flight, as plugin `call` counts it, and when the service shuts down. */
async function drain(app: FastifyInstance): Promise<void> {
  app.decorate('drain', new Drain(app.server))
}

export default fp(drain, { name: 'drain' })
