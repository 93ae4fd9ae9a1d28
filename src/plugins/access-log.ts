import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { type RegistryRequest, subjectOf } from '../registry/request.ts'
import { isProbe } from '../routes/health.ts'
import { RequestLog } from './request-log.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** What the request asks of the registry, once it has been parsed. */
    registryRequest: RegistryRequest | undefined
    /** Who asked: the peer, or whom a trusted proxy names. */
    clientAddress: string
  }
}

/** Longest path, user agent or client that a line repeats, in characters. */
const MAX_SHOWN = 256

/** How a dual-stack listener sees an IPv4 client. */
const MAPPED_IPV4 = /^::ffff:(?=\d+\.)/

/** One line for each request, when its answer has ended or its client has left. Probes are logged at debug level (docs/request-handling.md: 22). */
async function accessLog(app: FastifyInstance): Promise<void> {
  app.decorateRequest('registryRequest')
  app.decorateRequest('clientAddress', '')
  app.addHook('onRequest', (request, _reply, done) => {
    noteClient(request)
    done()
  })
  app.callEnded.push((request, reply) => {
    const log = new RequestLog(request)
    if (isProbe(request)) log.debug(accessLine(request, reply), 'request')
    else log.info(accessLine(request, reply), 'request')
  })
}

/** Keeps who asked: a socket that has closed by the end of its answer has forgotten its peer. */
export function noteClient(request: FastifyRequest): void {
  // One that closed before this has none at all, whatever Fastify's type says.
  const address: string | undefined = request.ip
  request.clientAddress = address?.replace(MAPPED_IPV4, '').slice(0, MAX_SHOWN) ?? ''
}

function accessLine(request: FastifyRequest, reply: FastifyReply): object {
  const { record, outgoing } = request.call
  const asked = request.registryRequest
  return {
    method: request.method,
    ...subjectOf(asked),
    // The query stays out: an upload's state is in it, and whatever a client may put there.
    path: asked === undefined ? shownPath(request.url) : undefined,
    status: outgoing.headersSent ? outgoing.statusCode : undefined,
    aborted: outgoing.writableFinished ? undefined : true,
    bytesIn: record.bytesIn,
    bytesOut: record.bytesOut,
    durationMs: Math.round(reply.elapsedTime),
    upstreamMs: record.upstreamMs === undefined ? undefined : Math.round(record.upstreamMs),
    client: request.clientAddress,
    userAgent: request.headers['user-agent']?.slice(0, MAX_SHOWN),
    tokenAgeSeconds: record.tokenAgeMs === undefined ? undefined : Math.round(record.tokenAgeMs / 1000),
    replayed: record.tries > 1,
    shed: record.shed,
  }
}

/** The path of a request-target; the authority of one in absolute-form may have a password. */
function shownPath(target: string): string | undefined {
  return target
    .replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '')
    .split('?', 1)[0]
    ?.slice(0, MAX_SHOWN)
}

export default fp(accessLog, { name: 'access-log', dependencies: ['call'] })
