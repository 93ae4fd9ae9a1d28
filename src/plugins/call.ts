import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { Call, type CallOwner } from '../client/call.ts'

/** Called for a request whose answer has ended, or has broken off. */
type CallEnded = (request: FastifyRequest, reply: FastifyReply) => void

declare module 'fastify' {
  interface FastifyInstance {
    /** Listeners for the end of each request, in this order. Not onResponse: Fastify never calls it for an answer that broke off. */
    callEnded: CallEnded[]
  }
  interface FastifyRequest {
    /** The request as the core sees it, which knows no Fastify. */
    call: Call
  }
}

/** Gives every request its Call, counts it as in flight, and gives every answer its X-Request-Id and, during shutdown, `Connection: close`. */
async function call(app: FastifyInstance): Promise<void> {
  const { drain } = app
  app.decorate('callEnded', [])
  app.decorateRequest('call')
  // A hook with a callback: an async one costs a promise for each request.
  app.addHook('onRequest', (request, reply, done) => {
    beginCall(request, reply)
    done()
  })
  // For answers that Fastify sends itself; those of the core ask ownHeaders.
  app.addHook('onSend', (request, reply, payload, done) => {
    reply.header('X-Request-Id', request.id)
    if (drain.draining) reply.header('Connection', 'close')
    done(null, payload)
  })
}

/** Also for requests that fail before any hook runs. */
export function beginCall(request: FastifyRequest, reply: FastifyReply): void {
  request.server.drain.requestStarted(request.raw, reply.raw)
  request.call = new Call(request.raw, reply.raw, new Owner(request, reply))
}

/** One object for each request, and no closure for each listener of its end. */
class Owner implements CallOwner {
  readonly #request: FastifyRequest
  readonly #reply: FastifyReply

  constructor(request: FastifyRequest, reply: FastifyReply) {
    this.#request = request
    this.#reply = reply
  }

  ownHeaders(): string[] {
    const own = ['X-Request-Id', this.#request.id]
    if (this.#request.server.drain.draining) own.push('Connection', 'close')
    return own
  }

  ended(): void {
    const { drain, callEnded } = this.#request.server
    drain.requestEnded(this.#reply.raw)
    for (const listener of callEnded) listener(this.#request, this.#reply)
  }
}

export default fp(call, { name: 'call', dependencies: ['drain'] })
