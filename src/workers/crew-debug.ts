import { debugPortProblem } from '../config/debug-ports.ts'
import { type Config, ConfigError } from '../config/load.ts'
import { DebugServer, type DebugServerOptions } from '../debug-server.ts'
import type { Sources } from '../debug/reading.ts'

/**
 * The ports of the workers' own debug servers, those after the primary's; none with DEBUG_PORT=off. Throws a ConfigError
 * when there are not as many.
 */
export function workerDebugPorts(port: number | 'off', count: number): number[] {
  if (port === 'off') return []
  // Known before where WORKERS is a number.
  const problem = debugPortProblem(port, count)
  if (problem !== undefined) throw new ConfigError([problem])
  return Array.from({ length: count }, (_, i) => port + 1 + i)
}

export interface CrewDebugOptions {
  config: Config
  workerPorts: readonly number[]
  sources: Sources
  log: DebugServerOptions['log']
}

/** The primary's debug server: the numbers of all workers together, and the process that leads them; undefined with DEBUG_PORT=off. */
export function crewDebugServer(options: CrewDebugOptions): DebugServer | undefined {
  const { config, workerPorts, sources, log } = options
  const { DEBUG_HOST: host, DEBUG_PORT: port } = config
  if (port === 'off') return undefined
  // Requests are the workers'.
  return new DebugServer({ host, port, config, sources, requests: () => [], workerPorts, log })
}
