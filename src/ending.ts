import closeWithGrace from 'close-with-grace'
import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import type { Config } from './config/load.ts'
import { END_SIGNALS } from './end-signals.ts'
import { logWritten } from './log-output.ts'
import { shutDown } from './shutdown.ts'

/**
 * Ends the process by `end` when the returned function is called, or after an unexpected failure. Exit code 0 where `end`
 * resolves with true, which says that no request was cut.
 */
export function endBy(log: FastifyBaseLogger, end: () => Promise<boolean>): () => void {
  // No time limit of its own: whoever ends has its own. Which signals mean the end is up to the caller.
  const skip: closeWithGrace.Signals[] = ['SIGHUP', ...END_SIGNALS]
  const { close } = closeWithGrace({ delay: false, logger: false, skip }, async ({ err }) => {
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
