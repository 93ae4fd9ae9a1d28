import closeWithGrace from 'close-with-grace'
import type { FastifyInstance } from 'fastify'
import type { Config } from './config/load.ts'
import { shutDown } from './shutdown.ts'

/**
 * SIGTERM and SIGINT shut the app down in order, a second one at once; `others` are signals that somebody else handles.
 * Exit code 0 says that no request was cut. The returned function does the same without a signal.
 */
export function endInOrder(app: FastifyInstance, config: Config, others: closeWithGrace.Signals[]): () => void {
  // No time limit of its own: shutDown has two.
  const { close } = closeWithGrace({ delay: false, logger: false, skip: others }, async ({ err }) => {
    if (err !== undefined) app.log.fatal({ err }, 'unexpected failure; shutting down')
    const cut = await shutDown(app, { delayMs: config.SHUTDOWN_DELAY, timeoutMs: config.SHUTDOWN_TIMEOUT })
    if (cut > 0) throw new Error('requests were cut')
  })
  return close
}
