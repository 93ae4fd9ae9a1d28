import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch'
import type { Clock } from '../clock.ts'
import type { Config } from '../config/load.ts'
import { lineWriter, type LogStream } from '../log.ts'
import type { Log } from '../log.ts'
import { Flusher } from './flusher.ts'
import type { Recorder } from './recorder.ts'
import type { Sink } from './sink.ts'

export interface MetricsOutput {
  config: Pick<Config, 'metrics' | 'METRICS_NAMESPACE' | 'METRICS_INTERVAL'>
  /** In place of the client for REGION. */
  makeCloudWatchClient: (() => CloudWatchClient) | undefined
  /** Where the log goes, and lines of the embedded metric format with it. */
  logStream: LogStream | undefined
  clock: Clock
  log: Log
}

/** What sends the recorder's numbers to where METRICS says, which is logged; undefined where that is nowhere. */
export function createFlusher(recorder: Recorder, output: MetricsOutput): Flusher | undefined {
  const { config, clock, log } = output
  const { to, reason } = config.metrics
  log.info({ metrics: to, reason }, 'where metrics go')
  if (to === 'off') return undefined
  return new Flusher({
    intervalMs: config.METRICS_INTERVAL,
    take: () => recorder.take(),
    openSink: () => openSink(output),
    clock,
    log,
  })
}

/** Loads the sink when the listener is up, and no other: each costs memory and time. */
async function openSink({ config, makeCloudWatchClient, logStream }: MetricsOutput): Promise<Sink> {
  const { metrics, METRICS_NAMESPACE: namespace } = config
  if (metrics.to !== 'cloudwatch') {
    const { EmfSink } = await import('./emf-sink.ts')
    return new EmfSink(namespace, lineWriter(logStream))
  }
  const { CloudWatchSink, createCloudWatchClient } = await import('./cloudwatch-sink.ts')
  return new CloudWatchSink(namespace, makeCloudWatchClient ?? (() => createCloudWatchClient(metrics.region)))
}
