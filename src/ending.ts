import closeWithGrace from 'close-with-grace'
import type { FastifyInstance } from 'fastify'
import type { Config } from './config/load.ts'
import { END_SIGNALS } from './end-signals.ts'
import { logWritten } from './log-output.ts'
import { shutDown } from './shutdown.ts'

/**
 * Shuts the app down in order when the returned function is called, or after an unexpected failure; `begins` is called
 * first. Exit code 0 says that no request was cut.
 */
export function endInOrder(app: FastifyInstance, config: Config, begins?: () => void): () => void {
  // No time limit of its own: shutDown has two. Which signals mean the end is up to the caller.
  const skip: closeWithGrace.Signals[] = ['SIGHUP', ...END_SIGNALS]
  const { close } = closeWithGrace({ delay: false, logger: false, skip }, async ({ err }) => {
    begins?.()
    if (err !== undefined) app.log.fatal({ err }, 'unexpected failure; shutting down')
    const cut = await shutDown(app, { delayMs: config.SHUTDOWN_DELAY, timeoutMs: config.SHUTDOWN_TIMEOUT })
    await logWritten()
    if (cut > 0) throw new Error('requests were cut')
  })
  return close
}
