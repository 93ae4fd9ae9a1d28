import closeWithGrace from 'close-with-grace'
import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import type { Config } from './config/load.ts'
import { END_SIGNALS } from './end-signals.ts'
import { logWritten } from './log-output.ts'
import { shutDown } from './shutdown.ts'

/**
 * Signals that are not for close-with-grace: those that others listen to here, and those of the processor. While JavaScript
 * listens to one of the latter, the faulty instruction is run again and again, and the process neither ends nor does anything.
 */
const OTHERS: closeWithGrace.Signals[] = [
  'SIGHUP',
  ...END_SIGNALS,
  'SIGILL',
  'SIGTRAP',
  'SIGABRT',
  'SIGBUS',
  'SIGFPE',
  'SIGSEGV',
]

/**
 * Ends the process by `end` when the returned function is called, or after an unexpected failure. Exit code 0 where `end`
 * resolves with true, which says that no request was cut.
 */
export function endBy(log: FastifyBaseLogger, end: () => Promise<boolean>): () => void {
  const onSecondError = (err: unknown): void => {
    log.fatal({ err }, 'unexpected failure during shutdown; ending at once')
  }
  // No time limit of its own: whoever ends has its own.
  const { close } = closeWithGrace({ delay: false, logger: false, skip: OTHERS, onSecondError }, async ({ err }) => {
    if (err !== undefined) log.fatal({ err }, 'unexpected failure; shutting down')
    const clean = await end()
    await logWritten()
    if (!clean) throw new Error('requests were cut')
  })
  return close
}

/** Ends by shutting the app down in order; `begins` is called first. */
export function endInOrder(app: FastifyInstance, config: Config, begins?: () => void): () => void {
  return endBy(app.log, async () => {
    begins?.()
    const cut = await shutDown(app, { delayMs: config.SHUTDOWN_DELAY, timeoutMs: config.SHUTDOWN_TIMEOUT })
    return cut === 0
  })
}
