import type { FastifyInstance, FastifyReply, FastifyRequest, HookHandlerDoneFunction } from 'fastify'
import fp from 'fastify-plugin'
import { answerError } from '../client/answer.ts'
import { ClientGoneError } from '../client/presence.ts'
import { unavailable } from '../client/unavailable.ts'
import { TokenUnavailableError } from '../ecr/token-source.ts'
import { RegistryError } from '../registry/errors.ts'
import { noteClient } from './access-log.ts'
import { beginCall } from './call.ts'
import { RequestLog } from './request-log.ts'

/** Every failure becomes a registry error; none reaches a client as a stack, an address or HTML. */
async function errors(app: FastifyInstance): Promise<void> {
  ignoreBodies(app)
  app.setErrorHandler(answerFailure)
  app.setNotFoundHandler((request, reply) => answerFailure(notFound(request), request, reply))
}

/** Fastify's own parsers would read a body before the answer, and wait without limit for one that does not come. */
export function ignoreBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(/^/, (_request, _payload, done) => done(null))
}

/** Answers a failure, whatever it is, and logs what the operator has to know of it. */
export function answerFailure(failure: unknown, request: FastifyRequest, reply: FastifyReply): void {
  if (!reply.sent) reply.hijack()
  if (failure instanceof ClientGoneError) {
    reply.raw.destroy()
    return
  }
  const error = toRegistryError(failure)
  const log = new RequestLog(request)
  if (error.status === 500) log.error({ err: failure }, 'request failed inside the proxy')
  else if (error.status > 500) log.warn({ err: error }, 'request failed at the upstream')
  answerError(request.call, error)
}

/** As answerFailure, for a URL that the router refuses, which fails before any hook has run. */
export function answerUnroutable(failure: unknown, request: FastifyRequest, reply: FastifyReply): void {
  beginCall(request, reply)
  noteClient(request)
  answerFailure(failure, request, reply)
}

/** RFC 9112, section 3.2. Node itself would do so where no hook runs. */
export function requireHost({ raw }: FastifyRequest, _reply: FastifyReply, done: HookHandlerDoneFunction): void {
  if (raw.headers.host === undefined && raw.httpVersion === '1.1') {
    done(new RegistryError(400, 'UNSUPPORTED', 'the request has no Host'))
  } else done()
}

function toRegistryError(failure: unknown): RegistryError {
  if (failure instanceof RegistryError) return failure
  if (failure instanceof TokenUnavailableError)
    return unavailable('the proxy has no valid ECR token at the moment', failure)
  const status = failure instanceof Error && 'statusCode' in failure ? failure.statusCode : undefined
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return new RegistryError(status, status === 400 ? 'NAME_INVALID' : 'UNSUPPORTED', 'the request is not valid')
  }
  return new RegistryError(500, 'UNKNOWN', 'the proxy failed; its log has the reason under this X-Request-Id', {
    cause: failure,
  })
}

/** The methods that the registry API has anywhere. */
export const API_METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']

function notFound({ method, url }: FastifyRequest): RegistryError {
  return url === '/v2' || url.startsWith('/v2/') || url.startsWith('/v2?')
    ? new RegistryError(405, 'UNSUPPORTED', `${method} is no method of the registry API`, { allow: API_METHODS })
    : new RegistryError(404, 'NAME_INVALID', 'nothing is here; the registry API is under /v2/')
}

export default fp(errors, { name: 'errors', dependencies: ['call'] })
