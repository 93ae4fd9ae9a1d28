import type { buildConnector } from 'undici'
import { verifyingConnector } from '../../src/upstream/connector.ts'

/** Connects to a simulator on loopback in place of the registry host, whose name is still verified against the certificate. */
export function simulatorConnector(simulator: { registryPort: number; ca: string }): buildConnector.connector {
  const connect = verifyingConnector(simulator.ca)
  return (options, callback) => {
    const servername = options.servername ?? options.hostname
    connect(
      { ...options, hostname: '127.0.0.1', host: '127.0.0.1', port: String(simulator.registryPort), servername },
      callback,
    )
  }
}
