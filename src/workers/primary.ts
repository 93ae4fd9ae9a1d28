import { randomBytes } from 'node:crypto'
import { buildStatusApp, type Dependencies } from '../app.ts'
import { systemClock } from '../clock.ts'
import type { Config } from '../config/load.ts'
import type { DebugServer } from '../debug-server.ts'
import type { Sources } from '../debug/reading.ts'
import { createTokenSource } from '../ecr/create-token-source.ts'
import { LOG_WRITE_BYTES, TLS_TICKET_KEY_BYTES, WORKER_END_MS } from '../limits.ts'
import { logOutput } from '../log-output.ts'
import { loggerOptions } from '../log.ts'
import { createFlusher } from '../metrics/create-flusher.ts'
import type { Flusher } from '../metrics/flusher.ts'
import { notReadyReason } from '../readiness.ts'
import { createRenewal } from '../tls/create-renewal.ts'
import { type TlsCredentials } from '../tls/credentials.ts'
import { CertificateLife } from '../tls/expiry.ts'
import type { CertificateRenewal } from '../tls/renewal.ts'
import { crewDebugServer, workerDebugPorts } from './crew-debug.ts'
import { CrewNumbers } from './crew-numbers.ts'
import { Crew } from './crew.ts'
import { forkWorker } from './fork.ts'
import { Handover } from './handover.ts'
import type { SentTls } from './messages.ts'
import { TokenDesk } from './token-desk.ts'

/** What a primary consists of. */
export interface Primary {
  /** Of STATUS_PORT; its log is the primary's. */
  status: Awaited<ReturnType<typeof buildStatusApp>>
  crew: Crew
  desk: TokenDesk
  renewal: CertificateRenewal | undefined
  flusher: Flusher | undefined
  debugServer: DebugServer | undefined
}

/**
 * Makes the primary of `count` workers, and starts none of it. The token, the certificate and the numbers are here, and the
 * workers hear of the first two. Throws a ConfigError when DEBUG_PORT leaves the workers no ports.
 */
export async function createPrimary(
  config: Config,
  count: number,
  environment: NodeJS.ProcessEnv,
  dependencies: Dependencies,
): Promise<Primary> {
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
  const { upstream, LOG_LEVEL } = config
  const life = new CertificateLife(config.tls)
  const sources: Sources = {
    snapshot: () => numbers.recorder.snapshot(),
    // The connections are the workers'.
    pool: () => undefined,
    tokenRefreshInMs: () => desk.tokens.refreshInMs,
    workersNotReady: () => crew.notReady,
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
  const debugServer = crewDebugServer({ config, workerPorts, sources, log })
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
  const use = (renewed: TlsCredentials): void => {
    life.replace(renewed)
    tls = withTicketKeys(renewed)
    crew.tell({ type: 'tls', tls })
  }
  const renewal = createRenewal(config, { life, use, clock, log })
  return { status, crew, desk, renewal, flusher, debugServer }
}

/** New keys with each certificate: a ticket of the one before would resume a session that began with that. */
function withTicketKeys({ cert, key }: TlsCredentials): SentTls {
  return { cert, key, ticketKeys: randomBytes(TLS_TICKET_KEY_BYTES).toString('base64') }
}
