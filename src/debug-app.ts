import { fileURLToPath } from 'node:url'
import fastifyStatic from '@fastify/static'
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify'
import { DebugRefusal } from './debug/refusal.ts'
import { isOwnName } from './debug/loopback.ts'
import { Profiler } from './debug/profiler.ts'
import { NO_SCHEMAS } from './no-schemas.ts'
import { ignoreBodies } from './plugins/errors.ts'
import { debugRoutes, type DebugRoutesOptions } from './routes/debug.ts'
import { debugClinicRoutes } from './routes/debug-clinic.ts'
import { debugPprofRoutes } from './routes/debug-pprof.ts'
import type { Live } from './debug/live.ts'

export interface DebugAppOptions extends DebugRoutesOptions {
  /** The address of loopback that it listens on, where only browsers could be made to ask on behalf of others; else undefined. */
  loopback: string | undefined
  live: Live
  log: FastifyBaseLogger
}

/** Routes of profiles, the report and the heap snapshot; a request's own path may be escaped. */
const EXPENSIVE = /^\/debug\/(?:pprof\/\w|report|heapsnapshot)/

/** Addresses that `localhost` leads to. */
const LOCALHOST = new Set(['127.0.0.1', '::1'])

/** Fetch Metadata: a site is a name with all of its ports, and of `localhost` each may be somebody else's. */
const OTHER_SITE = /^(?:cross-site|same-site)$/

const PAGES = fileURLToPath(new URL('debug/page/', import.meta.url))

/** The pages of the debug server as an app that does not listen; it changes nothing of the process that it shows. */
export async function buildDebugApp(options: DebugAppOptions): Promise<FastifyInstance> {
  const { loopback, live, log, heapSnapshots } = options
  const app = Fastify({
    schemaController: NO_SCHEMAS,
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    // A HEAD would take a whole profile for nothing.
    exposeHeadRoutes: false,
    routerOptions: { ignoreTrailingSlash: true },
    frameworkErrors: answerFailure,
  })
  ignoreBodies(app)
  app.setErrorHandler(answerFailure)
  app.setNotFoundHandler(async (_request, reply) => notFound(reply))
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(PROTECTION)
    if (loopback !== undefined && !isOwnName(request.headers.host, loopback)) {
      const names = LOCALHOST.has(loopback) ? 'localhost, 127.0.0.1 or [::1]' : loopback
      throw new DebugRefusal(403, `the Host of this request is not this machine; ask for ${names}`)
    }
    // A page of another site cannot read the answer, but it could keep the process busy. Only browsers send Sec-Fetch-Site.
    if (
      EXPENSIVE.test(String(request.routeOptions.url)) &&
      OTHER_SITE.test(String(request.headers['sec-fetch-site']))
    ) {
      throw new DebugRefusal(403, 'a page of another site asks for this; open /debug/ and begin there')
    }
  })
  await app.register(fastifyStatic, { root: PAGES, prefix: '/debug/page/', cacheControl: false, index: false })
  await app.register(debugRoutes, { ...options, heapSnapshots: heapSnapshots && loopback !== undefined })
  await app.register(debugPprofRoutes, { profiler: new Profiler() })
  await app.register(debugClinicRoutes, { live })
  await app.ready()
  return app
}

/** Nothing of another origin is loaded, none may frame or read it, and no cache keeps it. */
const PROTECTION = {
  'Content-Security-Policy': "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'",
  'Cross-Origin-Resource-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-store',
}

function answerFailure(failure: unknown, request: FastifyRequest, reply: FastifyReply): void {
  // Who asked has left; nothing failed.
  if (reply.raw.destroyed) return
  if (failure instanceof DebugRefusal) sentence(reply, failure.status, failure.message)
  else if (isOfTheRequest(failure)) notFound(reply)
  else {
    request.log.error({ err: failure }, 'the debug server failed')
    sentence(reply, 500, 'the debug server failed; the log has the reason')
  }
}

/** A path that the router or the file server refuses. */
function isOfTheRequest(failure: unknown): boolean {
  const status = failure instanceof Error && 'statusCode' in failure ? Number(failure.statusCode) : 500
  return status >= 400 && status < 500
}

function notFound(reply: FastifyReply): FastifyReply {
  return sentence(reply, 404, 'nothing is here; /debug/ lists what is')
}

function sentence(reply: FastifyReply, status: number, text: string): FastifyReply {
  return reply.code(status).type('text/plain; charset=utf-8').send(`${text}\n`)
}
