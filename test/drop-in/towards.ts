import type { Simulator } from '../simulator/simulator.ts'

/** NODE_OPTIONS that lead connections to the simulator's registry to its port, as a DNS would; its certificate is still verified. */
export function towards({ registryHost, registryPort, ca }: Simulator): string {
  const source = `
    import tls from 'node:tls'
    const connect = tls.connect
    const to = { host: '127.0.0.1', port: ${registryPort}, ca: ${JSON.stringify(ca)}, secureContext: undefined }
    tls.connect = (options) => connect(options.servername === '${registryHost}' ? { ...options, ...to } : options)
  `
  return `--import=data:text/javascript,${encodeURIComponent(source)}`
}
