import { buildApp, buildStatusApp, type Dependencies } from './app.ts'
import { systemClock } from './clock.ts'
import { type Config, ConfigError, loadConfig } from './config/load.ts'
import { onEndSignal } from './end-signals.ts'
import { endInOrder } from './ending.ts'
import { listen } from './listen.ts'
import { logOutput } from './log-output.ts'
import { sourcesOf } from './plugins/debug.ts'
import { notReadyReason } from './readiness.ts'
import { createRenewal } from './tls/create-renewal.ts'
import { workerCount } from './workers/count.ts'

/** Runs the proxy until a signal ends it. What is wrong with its environment is printed in plain lines, with exit code 1. */
export async function serve(environment: NodeJS.ProcessEnv, dependencies: Dependencies = {}): Promise<void> {
  try {
    if (await isWorker(environment)) {
      const { work } = await import('./workers/worker.ts')
      await work(environment, dependencies)
      return
    }
    const config = loadConfig(environment)
    const count = workerCount(config.WORKERS)
    if (count === 1) {
      await serveAlone(config, dependencies)
    } else {
      const { lead } = await import('./workers/lead.ts')
      await lead(config, count, environment, dependencies)
    }
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    process.stderr.write(`ecr-reverse-proxy: ${error.message}\n`)
    process.exit(1)
  }
}

/** Whether a primary of ours forked this process. One process alone never loads node:cluster. */
async function isWorker({ WORKERS = '1' }: NodeJS.ProcessEnv): Promise<boolean> {
  if (WORKERS === '1' || !process.connected) return false
  const { default: cluster } = await import('node:cluster')
  return cluster.isWorker
}

async function serveAlone(config: Config, dependencies: Dependencies): Promise<void> {
  const app = await buildApp(config, { ...logOutput(), ...dependencies })
  // Before listening: PID 1 of a container ignores a signal that it has no handler for.
  onEndSignal(endInOrder(app, config))
  const { log, certificateLife: life } = app
  const { clock = systemClock } = dependencies
  const renewal = createRenewal(config, { life, use: (tls) => app.useTls(tls), clock, log })
  app.addHook('onClose', async () => {
    renewal?.close()
  })
  if (config.STATUS_PORT !== undefined) {
    const status = await buildStatusApp(
      { notReady: () => notReadyReason(app.drain, app.ecrTokens), warning: () => life.warning },
      sourcesOf(app),
    )
    app.addHook('onClose', async () => {
      await status.close()
    })
    await listen(status, 'STATUS_PORT', config.HOST, config.STATUS_PORT)
  }
  await listen(app, 'PORT', config.HOST, config.PORT)
  renewal?.start()
}
