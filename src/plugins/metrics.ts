import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { type Clock, systemClock } from '../clock.ts'
import type { Config } from '../config/load.ts'
import type { LogStream } from '../log.ts'
import { CUT_REQUESTS_MS, METRICS_TO_PRIMARY_MS } from '../limits.ts'
import { createFlusher } from '../metrics/create-flusher.ts'
import { EventLoopDelay } from '../metrics/event-loop-delay.ts'
import type { Log } from '../log.ts'
import { Flusher } from '../metrics/flusher.ts'
import { Recorder } from '../metrics/recorder.ts'
import type { Sink } from '../metrics/sink.ts'
import type { MetricsSnapshot } from '../metrics/snapshot.ts'
import { isProbe } from '../routes/health.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** What has happened since the process started, in numbers. */
    metrics: Recorder
  }
}

export interface MetricsOptions {
  config: Config
  clock: Clock
  /** Where the numbers go every second, in place of what METRICS says. */
  sink: Sink | undefined
  /** In place of the client for REGION. */
  makeCloudWatchClient: (() => CloudWatchClient) | undefined
  /** Where the log goes, and lines of the embedded metric format with it. */
  logStream: LogStream | undefined
}

/** Counts every request of a client where its answer ends, and sends the numbers to where they are wanted (docs/metrics.md). */
async function metrics(app: FastifyInstance, options: MetricsOptions): Promise<void> {
  const { config, clock, sink } = options
  const { log, drain } = app
  const recorder = new Recorder({
    maxRepositories: config.METRICS_REPOSITORIES,
    inFlight: () => drain.inFlight,
    tokens: () => app.ecrTokens,
    certificateDaysLeft: () => app.certificateLife.daysLeft,
    log: sink === undefined ? log : undefined,
  })
  app.decorate('metrics', recorder)
  app.callEnded.push((request, reply) => {
    if (isProbe(request)) return
    const { record, outgoing } = request.call
    const status = outgoing.headersSent ? outgoing.statusCode : 0
    recorder.requestEnded(request.registryRequest, status, outgoing.writableFinished, reply.elapsedTime, record)
  })
  // Of the process, whatever time it is for the app.
  const delay = new EventLoopDelay(systemClock, (ms) => recorder.eventLoopDelayed(ms))
  const flusher =
    sink === undefined ? createFlusher(recorder, { ...options, log }) : flusherTo(sink, recorder, clock, log)
  app.addHook('onListen', async () => {
    delay.start()
    flusher?.start()
  })
  app.addHook('onClose', async () => {
    delay.stop()
    // What was cut is counted, and has its line in the log.
    await drain.settled(CUT_REQUESTS_MS)
    await flusher?.close()
  })
}

function flusherTo(sink: Sink, recorder: Recorder, clock: Clock, log: Log): Flusher {
  const take = (): MetricsSnapshot => recorder.take()
  return new Flusher({ intervalMs: METRICS_TO_PRIMARY_MS, take, openSink: async () => sink, clock, log })
}

export default fp(metrics, { name: 'metrics', dependencies: ['call', 'drain', 'tls', 'access-log'] })
