import closeWithGrace from 'close-with-grace'
import type { FastifyInstance } from 'fastify'
import { buildApp, buildStatusApp, type Dependencies } from './app.ts'
import { type Config, ConfigError, loadConfig } from './config/load.ts'
import { listen } from './listen.ts'
import { TurnBatch } from './log-stream.ts'
import { shutDown } from './shutdown.ts'

/** Runs the proxy until a signal ends it. What is wrong with its environment is told in plain lines, with exit code 1. */
export async function serve(environment: NodeJS.ProcessEnv, dependencies: Dependencies = {}): Promise<void> {
  try {
    const config = loadConfig(environment)
    const app = await buildApp(config, { ...logOutput(), ...dependencies })
    // Before listening: PID 1 of a container ignores a signal that it has no handler for.
    endOnSignal(app, config)
    if (config.STATUS_PORT !== undefined) {
      await listen(await buildStatusApp(app), 'STATUS_PORT', config.HOST, config.STATUS_PORT)
    }
    await listen(app, 'PORT', config.HOST, config.PORT)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    process.stderr.write(`ecr-reverse-proxy: ${error.message}\n`)
    process.exit(1)
  }
}

/** SIGTERM and SIGINT shut down in order, a second one at once. Exit code 0 says that no request was cut. */
function endOnSignal(app: FastifyInstance, config: Config): void {
  // No time limit of its own: shutDown has two.
  closeWithGrace({ delay: false, logger: false }, async ({ err }) => {
    if (err !== undefined) app.log.fatal({ err }, 'unexpected failure; shutting down')
    const cut = await shutDown(app, { delayMs: config.SHUTDOWN_DELAY, timeoutMs: config.SHUTDOWN_TIMEOUT })
    if (cut > 0) throw new Error('requests were cut')
  })
}

/** Readable lines where a person looks; else JSON, of which nothing is lost when the process ends. */
function logOutput(): Pick<Dependencies, 'prettyLog' | 'logStream'> {
  if (canPrettyPrint()) return { prettyLog: true }
  const logStream = new TurnBatch(process.stdout)
  process.once('exit', () => logStream.flush())
  return { logStream }
}

function canPrettyPrint(): boolean {
  if (!process.stdout.isTTY) return false
  try {
    import.meta.resolve('pino-pretty')
    return true
  } catch {
    // It is a development dependency.
    return false
  }
}
