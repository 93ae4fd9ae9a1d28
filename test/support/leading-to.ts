import type { Simulator } from '../simulator/simulator.ts'

/**
 * A module, as text, that leads a process' connections to the simulator's registry to its port, as a DNS would; the
 * certificate is still verified. Its CA stands in for the authorities of the system, and so for the context made of them.
 */
export function leadingTo({ registryHost, registryPort, ca }: Simulator): string {
  return `
    import tls from 'node:tls'
    const { connect } = tls
    const to = { host: '127.0.0.1', port: ${registryPort}, ca: ${JSON.stringify(ca)}, secureContext: undefined }
    tls.connect = (options) => connect(options.servername === '${registryHost}' ? { ...options, ...to } : options)`
}
