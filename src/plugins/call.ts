import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { Call } from '../client/call.ts'
import type { Drain } from '../drain.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The request as the core sees it, which knows no Fastify. */
    call: Call
  }
}

/** Gives every request its Call, counts it as in flight, and gives every answer its X-Request-Id and, on the way out, `Connection: close`. */
async function call(app: FastifyInstance): Promise<void> {
  const { drain } = app
  app.decorateRequest('call')
  // A hook with a callback: an async one costs a promise for each request.
  app.addHook('onRequest', (request, reply, done) => {
    request.call = createCall(request, reply, drain)
    drain.requestStarted(request.raw.socket)
    // Not onResponse: Fastify never calls it for an answer that broke off.
    request.call.onEnd(() => drain.requestEnded())
    done()
  })
  // For answers that Fastify sends itself; those of the core ask ownHeaders.
  app.addHook('onSend', (request, reply, payload, done) => {
    reply.header('X-Request-Id', request.id)
    if (drain.draining) reply.header('Connection', 'close')
    done(null, payload)
  })
}

/** Also for requests that failed before any hook ran, which have no drain to ask. */
export function createCall(request: FastifyRequest, reply: FastifyReply, drain?: Drain): Call {
  return new Call(request.raw, reply.raw, () => {
    const own = ['X-Request-Id', request.id]
    if (drain?.draining === true) own.push('Connection', 'close')
    return own
  })
}

export default fp(call, { name: 'call', dependencies: ['drain'] })
