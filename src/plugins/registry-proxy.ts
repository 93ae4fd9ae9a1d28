import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { answer, API_HEADERS } from '../client/answer.ts'
import type { Config } from '../config/load.ts'
import { parseRegistryRequest } from '../registry/parse.ts'
import { answerFailure, API_METHODS } from './errors.ts'
import httpProxy from './http-proxy.ts'
import loadShedding from './load-shedding.ts'
import { RequestLog } from './request-log.ts'

/**
 * The /v2 scope. @fastify/http-proxy claims the routes and leaves the bodies unparsed; the request line is parsed here, and the
 * exchange with the upstream is the forwarder's, because reply-from can neither cancel a request that has no body nor
 * deliver an early refusal to a client that is still sending.
 */
async function registryProxy(app: FastifyInstance, config: Config): Promise<void> {
  const origin = `https://${config.upstream.host}`
  await app.register(async (scope) => {
    scope.addHook('onRequest', (request, _reply, done) => {
      try {
        request.registryRequest = parseRegistryRequest(request.method, request.raw.url ?? '')
      } catch (error) {
        done(error instanceof Error ? error : new Error('the request could not be parsed'))
        return
      }
      // Fastify would answer 415 to a Content-Type that it cannot read, and parse text/plain into a string of at most
      // 1 MiB. Bodies pass unread here, and the header goes upstream from rawHeaders, as it came.
      delete request.raw.headers['content-type']
      done()
    })
    await scope.register(loadShedding, config)
    await scope.register(httpProxy, {
      prefix: '/v2',
      upstream: origin,
      httpMethods: API_METHODS,
      // Answered before http-proxy's own handler, which would read the URL six times over to join it to the upstream's:
      // what goes upstream is rebuilt from the parsed request.
      preHandler: (request, reply) => {
        reply.hijack()
        try {
          serve(app, request, reply)
        } catch (error) {
          answerFailure(error, request, reply)
        }
      },
    })
  })
}

function serve(app: FastifyInstance, request: FastifyRequest, reply: FastifyReply): void {
  const { registryRequest, call } = request
  if (registryRequest === undefined) throw new Error('a request reached the proxy unparsed')
  if (registryRequest.kind === 'ping') {
    // It says that this proxy speaks the API; whether ECR answers is /readyz's to say (docs/request-handling.md: 4).
    answer(call, 200, API_HEADERS, '{}')
    return
  }
  app.forwarder
    .forward(registryRequest, call, new RequestLog(request))
    .catch((error: unknown) => answerFailure(error, request, reply))
}

export default fp(registryProxy, { name: 'registry-proxy', dependencies: ['errors', 'upstream'] })
