import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Simulator } from '../simulator/simulator.ts'

/** What the simulator tells of itself when it listens. */
export type SimulatorFacts = Pick<
  Simulator,
  'registryHost' | 'registryPort' | 'layerOrigin' | 'layerPort' | 'apiEndpoint' | 'ca' | 'credentials'
>

export interface SimulatorProcessOptions {
  region: string
  layerPort: number
  /** Paths of the PEM files that the layer host uses: clients trust them already. */
  certificate: string
  key: string
}

/**
 * Runs the simulator as a child that ends when this process does. Its layer host listens where a client's own DNS leads,
 * because a client follows ECR's redirect by itself. Ends this process with a plain line when the simulator cannot start.
 */
export async function startSimulatorProcess(options: SimulatorProcessOptions): Promise<SimulatorFacts> {
  const script = fileURLToPath(new URL('../simulator/main.js', import.meta.url))
  const layerPort = String(options.layerPort)
  const child = spawn(
    process.execPath,
    [
      script,
      '--registry-host',
      `123456789012.dkr.ecr.${options.region}.amazonaws.com`,
      '--layer-port',
      layerPort,
      '--layer-origin',
      `https://localhost:${layerPort}`,
      '--layer-cert',
      options.certificate,
      '--layer-key',
      options.key,
      '--create-on-push',
    ],
    // A group of its own: Ctrl-C must not end it before the proxy has drained. The end of its stdin does, after that.
    { detached: true, stdio: ['pipe', 'pipe', 'inherit'] },
  )
  child.once('exit', (code) => {
    process.stderr.write(`playtest: the ECR simulator ended with code ${code}\n`)
    process.exit(1)
  })
  // The child's line comes before its exit, or never.
  const [line] = await once(createInterface(child.stdout), 'line')
  return JSON.parse(String(line))
}
