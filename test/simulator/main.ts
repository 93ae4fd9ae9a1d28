import { parseArguments } from './arguments.ts'
import { startSimulator } from './simulator.ts'

// Runs the simulator by itself: one line of JSON on stdout once it listens, then until SIGTERM, SIGINT or the end of
// stdin, so that it never outlives whoever started it.
try {
  const simulator = await startSimulator(parseArguments(process.argv.slice(2)))
  let closing = false
  const stop = (): void => {
    if (closing) return
    closing = true
    // Stdin is a handle, too: destroyed, or the process would wait for it.
    process.stdin.destroy()
    void simulator.close()
  }
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
  process.stdin.once('end', stop)
  process.stdin.once('error', stop)
  process.stdin.resume()
  const { registryHost, registryPort, layerOrigin, layerPort, apiEndpoint, ca, credentials } = simulator
  const told = { registryHost, registryPort, layerOrigin, layerPort, apiEndpoint, ca, credentials }
  process.stdout.write(`${JSON.stringify(told)}\n`)
} catch (error) {
  process.stderr.write(`ecr simulator: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
