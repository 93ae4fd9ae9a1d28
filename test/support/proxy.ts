import type { FastifyInstance } from 'fastify'
import { buildApp, type Dependencies } from '../../src/app.ts'
import { loadConfig } from '../../src/config/load.ts'
import type { Simulator } from '../simulator/simulator.ts'
import { simulatorConnector } from './simulator-connector.ts'
import { simulatorEcrClient } from './simulator-ecr-client.ts'

export interface TestProxy {
  app: FastifyInstance
  /** http://127.0.0.1:port */
  origin: string
  port: number
  /** The lines of the log so far, parsed. */
  log: Record<string, unknown>[]
  close(): Promise<void>
}

export interface TestProxyOptions {
  environment?: NodeJS.ProcessEnv
  dependencies?: Dependencies
  /** Wait until the first token is there; true unless told otherwise. */
  ready?: boolean
}

/** How long a proxy that closes waits for its clients, in milliseconds. */
const CLOSE_MS = 5000

/** The whole app on a port of loopback, plain HTTP, with the simulator as its ECR. */
export async function startProxy(simulator: Simulator, options: TestProxyOptions = {}): Promise<TestProxy> {
  const log: Record<string, unknown>[] = []
  const config = loadConfig({
    ECR_REGISTRY: simulator.registryHost,
    REGISTRY: 'localhost',
    TLS: 'off',
    HOST: '127.0.0.1',
    // One on its port would be in the way of the next.
    DEBUG_PORT: 'off',
    // Client, proxy and upstream share this process: neither its event loop nor its memory is the proxy's.
    MAX_EVENT_LOOP_UTILIZATION: 'off',
    MAX_RSS: 'off',
    ...options.environment,
  })
  const app = await buildApp(config, {
    makeEcrClient: () => simulatorEcrClient(simulator, config.upstream.region),
    connector: simulatorConnector(simulator),
    logStream: { write: (line) => log.push(JSON.parse(line)) },
    ...options.dependencies,
  })
  // Port 0 is no setting: only a test wants any free port.
  await app.listen({ host: config.HOST, port: 0 })
  const address = app.server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  if (options.ready !== false) await app.ecrTokens.acquire()
  const close = async (): Promise<void> => {
    // A test that failed may have left a connection that never ends by itself, and would hang in place of being told.
    const cut = setTimeout(() => app.drain.closeAll(), CLOSE_MS)
    await app.close()
    clearTimeout(cut)
  }
  return { app, origin: `http://127.0.0.1:${port}`, port, log, close }
}
