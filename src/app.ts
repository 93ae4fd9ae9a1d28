import { randomUUID } from 'node:crypto'
import type http from 'node:http'
import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch'
import type { ECRClient } from '@aws-sdk/client-ecr'
import Fastify, { type FastifyInstance, LogController } from 'fastify'
import type { buildConnector } from 'undici'
import { type Clock, systemClock } from './clock.ts'
import type { Config } from './config/load.ts'
import type { TokenSource } from './ecr/token-source.ts'
import { type LoggerOptions, type LogStream, loggerOptions } from './log.ts'
import type { Sources } from './debug/reading.ts'
import type { Sink } from './metrics/sink.ts'
import { NO_SCHEMAS } from './no-schemas.ts'
import accessLog from './plugins/access-log.ts'
import call from './plugins/call.ts'
import debug from './plugins/debug.ts'
import drain from './plugins/drain.ts'
import ecrAuth from './plugins/ecr-auth.ts'
import errors, { answerUnroutable, ignoreBodies, requireHost } from './plugins/errors.ts'
import metrics from './plugins/metrics.ts'
import registryProxy from './plugins/registry-proxy.ts'
import tls from './plugins/tls.ts'
import upstreamPlugin from './plugins/upstream.ts'
import { notReadyReason } from './readiness.ts'
import { healthRoutes, type Readiness } from './routes/health.ts'
import { metricsRoutes } from './routes/metrics.ts'
import { answerMalformed, createServer } from './server.ts'

/** What a test, the playtest or the primary of several workers puts in the place of the app's own. */
export interface Dependencies {
  makeEcrClient?: () => ECRClient
  makeCloudWatchClient?: () => CloudWatchClient
  connector?: buildConnector.connector
  clock?: Clock
  random?: () => number
  logStream?: LogStream
  prettyLog?: boolean
  tokens?: TokenSource
  /** Takes the numbers every second, in place of what METRICS says. */
  metricsSink?: Sink
  /** Why the workers as a whole are not ready. */
  othersNotReady?: Readiness['notReady']
}

const REQUEST_ID = /^[A-Za-z0-9._-]{1,64}$/

/** The proxy as a Fastify app that does not listen yet. The order of the plugins is the order of their hooks. */
export async function buildApp(config: Config, dependencies: Dependencies = {}): Promise<FastifyInstance> {
  const {
    makeEcrClient,
    connector,
    clock = systemClock,
    random = Math.random,
    logStream,
    prettyLog = false,
  } = dependencies
  const { tokens, othersNotReady, makeCloudWatchClient, metricsSink: sink } = dependencies
  const { upstream } = config
  const app = Fastify({
    serverFactory: (handler) => createServer(config, handler),
    schemaController: NO_SCHEMAS,
    logger: loggerOptions(config.LOG_LEVEL, prettyLog, logStream),
    // One access line of our own; Fastify's two have no idea of a registry.
    logController: noRequestLines(),
    // See RequestLog.
    childLoggerFactory: (log) => log,
    genReqId: requestId,
    // Forwarded headers are believed from nobody, or from listed addresses; never by hop count (CVE-2026-16732).
    trustProxy: config.TRUST_PROXY?.split(',').map((entry) => entry.trim()) ?? false,
    // While draining, requests are still answered; a 503 would fail a push that could have finished.
    return503OnClosing: false,
    // true would cut pulls in flight.
    forceCloseConnections: 'idle',
    frameworkErrors: answerUnroutable,
    clientErrorHandler: (error, socket) => answerMalformed(error, socket, app.drain.answeringOn(socket)),
  })
  await app.register(drain)
  await app.register(tls, { inUse: config.tls })
  await app.register(call)
  await app.register(errors)
  await app.register(accessLog)
  app.addHook('onRequest', requireHost)
  await app.register(metrics, { config, clock, sink, makeCloudWatchClient, logStream })
  await app.register(debug, { config, clock })
  await app.register(ecrAuth, { tokens, upstream, makeEcrClient, clock, random })
  await app.register(upstreamPlugin, { upstream, connector, clock, random })
  await app.register(registryProxy, config)
  await app.register(healthRoutes, {
    notReady: () => notReadyReason(app.drain, app.ecrTokens, othersNotReady?.()),
    warning: () => app.certificateLife.warning,
  })
  return app
}

/** Plain HTTP with health and metrics alone, for those that cannot speak the proxy's TLS. Its log is given. */
export async function buildStatusApp(
  readiness: Readiness,
  sources: Sources,
  logger: LoggerOptions | false = false,
): Promise<FastifyInstance> {
  const status = Fastify({
    schemaController: NO_SCHEMAS,
    forceCloseConnections: true,
    logger,
    logController: noRequestLines(),
  })
  ignoreBodies(status)
  await status.register(healthRoutes, readiness)
  await status.register(metricsRoutes, { sources })
  return status
}

function noRequestLines(): LogController {
  return new LogController({ disableRequestLogging: true })
}

/** The client's own id if it is harmless, else a new one (docs/request-handling.md: 2). */
function requestId(incoming: http.IncomingMessage): string {
  const sent = incoming.headers['x-request-id']
  return typeof sent === 'string' && REQUEST_ID.test(sent) ? sent : randomUUID()
}
