import cluster from 'node:cluster'
import type { Dependencies } from '../app.ts'
import type { Config } from '../config/load.ts'
import { endBy } from '../ending.ts'
import { onEndSignal } from '../end-signals.ts'
import { listen } from '../listen.ts'
import { rememberMemoryUsage } from '../shedding/memory-usage.ts'
import { createPrimary } from './primary.ts'

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
  // It accepts all connections, and so is who runs out of descriptors.
  rememberMemoryUsage()
  const { status, crew, desk, renewal, flusher, debugServer } = await createPrimary(
    config,
    count,
    environment,
    dependencies,
  )
  const { log } = status
  // Evenly, and a worker that hangs is handed no second connection; workers that accept by themselves do so unevenly.
  cluster.schedulingPolicy = cluster.SCHED_RR
  // A second signal ends this process at once; no worker may outlive it.
  process.once('exit', () => crew.kill())
  const end = endBy(log, async () => {
    log.info({ workers: count }, 'shutting down all workers')
    const clean = await crew.drain()
    await flusher?.close()
    await debugServer?.close()
    renewal?.close()
    desk.tokens.close()
    await status.close()
    log.info({ clean }, 'all workers have ended')
    return clean
  })
  onEndSignal(end)

  if (config.STATUS_PORT !== undefined) await listen(status, 'STATUS_PORT', config.HOST, config.STATUS_PORT)
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
