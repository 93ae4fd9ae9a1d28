import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { type Call, newRecord } from '../client/call.ts'
import type { Drain } from '../drain.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The request as the core sees it, which knows no Fastify. */
    call: Call
  }
}

/** Gives every request its Call, and every answer its X-Request-Id and, on the way out, `Connection: close`. */
async function call(app: FastifyInstance): Promise<void> {
  app.decorateRequest('call')
  app.addHook('onRequest', (request, reply, done) => {
    request.call = createCall(request, reply, app.drain)
    // For answers that Fastify sends itself; those of the core ask ownHeaders.
    reply.header('X-Request-Id', request.id)
    if (app.drain.draining) reply.header('Connection', 'close')
    done()
  })
}

/** Also for requests that failed before any hook ran, which have no drain to ask. */
export function createCall(request: FastifyRequest, reply: FastifyReply, drain?: Drain): Call {
  return {
    incoming: request.raw,
    outgoing: reply.raw,
    record: newRecord(),
    ownHeaders: () => {
      const own = ['X-Request-Id', request.id]
      return drain?.draining === true ? [...own, 'Connection', 'close'] : own
    },
  }
}

export default fp(call, { name: 'call', dependencies: ['drain'] })
