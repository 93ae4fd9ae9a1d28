import cluster from 'node:cluster'
import { buildApp, type Dependencies } from '../app.ts'
import { systemClock } from '../clock.ts'
import { loadConfig } from '../config/load.ts'
import { Deferred } from '../deferred.ts'
import { END_SIGNALS } from '../end-signals.ts'
import { endInOrder } from '../ending.ts'
import { LOG_WRITE_BYTES } from '../limits.ts'
import { listen } from '../listen.ts'
import { logOutput } from '../log-output.ts'
import type { Delivery } from '../metrics/sink.ts'
import type { MetricsSnapshot } from '../metrics/snapshot.ts'
import type { TlsCredentials } from '../tls/credentials.ts'
import { type FromWorker, type SentTls, type ToWorker, toWorker } from './messages.ts'
import { RelayedTokenSource } from './relayed-token-source.ts'

/**
 * Serves as one of several workers. What concerns all of them (token, certificate, the end) comes from the primary; a
 * worker that loses its primary is ended by node:cluster at once, since nobody could drain or replace it any more.
 */
export async function work(environment: NodeJS.ProcessEnv, dependencies: Dependencies): Promise<void> {
  const { clock = systemClock } = dependencies
  const tokens = new RelayedTokenSource(clock, send)
  const started = new Deferred<void>()
  const told: { tls: SentTls | null; notReady: string | null; drain: boolean } = {
    tls: null,
    notReady: 'not all workers listen yet',
    drain: false,
  }
  let serving: { useTls: (tls: SentTls) => void; end: () => void } | undefined
  const receive = (message: ToWorker): void => {
    switch (message.type) {
      case 'start':
        told.tls = message.tls
        started.resolve()
        break
      case 'tls':
        told.tls = message.tls
        serving?.useTls(message.tls)
        break
      case 'crew':
        told.notReady = message.notReady
        break
      case 'drain':
        // As long as nothing is served, nothing is cut.
        if (serving === undefined) process.exit(0)
        told.drain = true
        serving.end()
        break
      case 'token':
      case 'token-failure':
      case 'answer':
        tokens.receive(message)
    }
  }
  process.on('message', (message) => {
    const known = toWorker(message)
    if (known !== undefined) receive(known)
  })
  // A terminal and a service manager signal the whole group; the primary alone decides what that means for all.
  for (const signal of ['SIGHUP', ...END_SIGNALS]) process.on(signal, () => {})
  send({ type: 'hello' })

  await started.promise
  const tls = told.tls === null ? undefined : credentialsOf(told.tls)
  const config = loadConfig(environment, { tls, isWorker: true })
  const app = await buildApp(config, {
    ...logOutput(LOG_WRITE_BYTES),
    ...dependencies,
    tokens,
    metricsSink: { deliveries: (window) => [deliveryOf(window)], close: () => {} },
    othersNotReady: () => told.notReady ?? undefined,
  })
  const useTls = (newer: SentTls): void => app.useTls(credentialsOf(newer), Buffer.from(newer.ticketKeys, 'base64'))
  // Another one takes this one's place and debug port, unless the primary ends them all.
  const leave = (): void => {
    if (!told.drain) void app.closeDebugServer().then(() => send({ type: 'leaving' }))
  }
  serving = { useTls, end: endInOrder(app, config, leave) }
  await listen(app, 'PORT', config.HOST, config.PORT)
  // What is newest by now, with the keys that all workers have.
  if (told.tls !== null) useTls(told.tls)
}

function send(message: FromWorker): void {
  // Without a primary, this process is about to be ended.
  if (process.connected) cluster.worker?.send(message, () => {})
}

/** Sent once: what waits in the channel of a primary that is busy will come. */
function deliveryOf(window: MetricsSnapshot): Delivery {
  let sent: Promise<void> | undefined
  return () => {
    sent ??= sendNumbers(window)
    return sent
  }
}

async function sendNumbers(window: MetricsSnapshot): Promise<void> {
  return new Promise((resolve, reject) => {
    cluster.worker?.send({ type: 'numbers', window }, (error) => (error === null ? resolve() : reject(error)))
  })
}

/** Without the ticket keys: Node repeats an option that it cannot use in its error. */
function credentialsOf({ cert, key }: SentTls): TlsCredentials {
  return { cert, key }
}
