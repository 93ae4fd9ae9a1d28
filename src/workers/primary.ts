import cluster from 'node:cluster'
import { randomBytes } from 'node:crypto'
import closeWithGrace from 'close-with-grace'
import { buildStatusApp, type Dependencies } from '../app.ts'
import { systemClock } from '../clock.ts'
import type { Config } from '../config/load.ts'
import type { Sources } from '../debug/reading.ts'
import { createTokenSource } from '../ecr/create-token-source.ts'
import { END_SIGNALS, onEndSignal } from '../end-signals.ts'
import { LOG_WRITE_BYTES, TLS_TICKET_KEY_BYTES, WORKER_END_MS } from '../limits.ts'
import { listen } from '../listen.ts'
import { logOutput } from '../log-output.ts'
import { loggerOptions } from '../log.ts'
import { createFlusher } from '../metrics/create-flusher.ts'
import { notReadyReason } from '../readiness.ts'
import { rememberMemoryUsage } from '../shedding/memory-usage.ts'
import { createRenewal } from '../tls/create-renewal.ts'
import { type TlsCredentials } from '../tls/credentials.ts'
import { CertificateLife } from '../tls/expiry.ts'
import { crewDebugServer, workerDebugPorts } from './crew-debug.ts'
import { Crew } from './crew.ts'
import { CrewNumbers } from './crew-numbers.ts'
import { forkWorker } from './fork.ts'
import { Handover } from './handover.ts'
import type { SentTls } from './messages.ts'
import { TokenDesk } from './token-desk.ts'

/**
 * Runs `count` workers until a signal ends them all. This process has the token, the status listener and the signals, and
 * hands connections over; it serves no registry request. Throws a ConfigError when the status listener cannot listen;
 * when the first worker cannot, that worker says why, and this process ends with exit code 1.
 */
export async function lead(
  config: Config,
  count: number,
  environment: NodeJS.ProcessEnv,
  dependencies: Dependencies,
): Promise<void> {
  const {
    logStream,
    prettyLog = false,
    makeEcrClient,
    makeCloudWatchClient,
    clock = systemClock,
    random = Math.random,
  } = {
    // As the workers, with whom it shares the pipe.
    ...logOutput(LOG_WRITE_BYTES),
    ...dependencies,
  }
  // It accepts all connections, and so is who runs out of descriptors.
  rememberMemoryUsage()
  const { upstream, STATUS_PORT, LOG_LEVEL } = config
  const life = new CertificateLife(config.tls)
  const sources: Sources = {
    snapshot: () => numbers.recorder.snapshot(),
    // The connections are the workers'.
    pool: () => undefined,
    tokenRefreshInMs: () => desk.tokens.refreshInMs,
  }
  const status = await buildStatusApp(
    { notReady: () => notReadyReason(crew, desk.tokens, crew.notReady), warning: () => life.warning },
    sources,
    loggerOptions(LOG_LEVEL, prettyLog, logStream),
  )
  const { log } = status
  let tls = config.tls === undefined ? null : withTicketKeys(config.tls)
  const numbers = new CrewNumbers({
    maxRepositories: config.METRICS_REPOSITORIES,
    tokens: () => desk.tokens,
    certificateDaysLeft: () => life.daysLeft,
    log,
  })
  const desk = new TokenDesk(
    (events) => createTokenSource({ upstream, makeEcrClient, clock, random, log, ...numbers.counting(events) }),
    (message) => crew.tell(message),
  )
  const workerPorts = workerDebugPorts(config.DEBUG_PORT, count)
  const debugServer = crewDebugServer({
    config,
    workerPorts,
    sources,
    log,
  })
  const flusher = createFlusher(numbers.recorder, { config, makeCloudWatchClient, logStream, clock, log })
  // `auto` is counted once: a worker that counted again might find another number.
  const workerEnvironment = { ...environment, WORKERS: String(count) }
  const handover = new Handover()
  const crew = new Crew({
    count,
    fork: (events, number) => {
      const DEBUG_PORT = String(workerPorts[number - 1] ?? 'off')
      return forkWorker({
        environment: { ...workerEnvironment, DEBUG_PORT },
        events,
        numbers: numbers.ofWorker(),
        handover,
        log,
      })
    },
    welcome: () => [{ type: 'start', tls }, ...desk.news()],
    onMessage: (ask, reply) => {
      // It never throws.
      void desk.answer(ask).then(reply)
    },
    endMs: config.SHUTDOWN_DELAY + config.SHUTDOWN_TIMEOUT + WORKER_END_MS,
    now: () => clock.now(),
    after: (ms, callback) => {
      // Kept alive by it: while no worker lives, nothing else does that.
      const timer = setTimeout(callback, ms)
      return () => clearTimeout(timer)
    },
    log,
  })
  // Evenly, and a worker that hangs is handed no second connection; workers that accept by themselves do so unevenly.
  cluster.schedulingPolicy = cluster.SCHED_RR
  // A second signal ends this process at once; no worker may outlive it.
  process.once('exit', () => crew.kill())
  const use = (renewed: TlsCredentials): void => {
    life.replace(renewed)
    tls = withTicketKeys(renewed)
    crew.tell({ type: 'tls', tls })
  }
  const renewal = createRenewal(config, { life, use, clock, log })
  const { close } = closeWithGrace(
    { delay: false, logger: false, skip: ['SIGHUP', ...END_SIGNALS] },
    async ({ err }) => {
      if (err !== undefined) log.fatal({ err }, 'unexpected failure; shutting down')
      log.info({ workers: count }, 'shutting down all workers')
      const clean = await crew.drain()
      await flusher?.close()
      await debugServer?.close()
      renewal?.close()
      desk.tokens.close()
      await status.close()
      log.info({ clean }, 'all workers have ended')
      if (!clean) throw new Error('requests were cut')
    },
  )
  onEndSignal(close)

  if (STATUS_PORT !== undefined) await listen(status, 'STATUS_PORT', config.HOST, STATUS_PORT)
  log.info({ workers: count }, 'starting the workers')
  const started = await crew.start()
  if (started) {
    desk.tokens.start()
    renewal?.start()
    flusher?.start()
    await debugServer?.listen()
  } else if (!crew.draining) {
    process.exit(1)
  }
}

/** New keys with each certificate: a ticket of the one before would resume a session that began with that. */
function withTicketKeys({ cert, key }: TlsCredentials): SentTls {
  return { cert, key, ticketKeys: randomBytes(TLS_TICKET_KEY_BYTES).toString('base64') }
}
