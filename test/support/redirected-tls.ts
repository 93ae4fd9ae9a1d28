import type { TestContext } from 'node:test'
import tls, { type ConnectionOptions } from 'node:tls'

/**
 * Leads every TLS connection that the process makes to a port of loopback, as a hostile DNS would. Nothing else of its
 * options changes, so what is verified is what the caller asked for; `ca` stands in for the certificates of the system,
 * and so for the context that was made of them.
 */
export function redirectTls(t: TestContext, to: { port: number; ca?: string }): void {
  const connect = tls.connect.bind(tls)
  t.mock.method(tls, 'connect', (options: ConnectionOptions) =>
    connect({
      ...options,
      host: '127.0.0.1',
      port: to.port,
      ...(to.ca === undefined ? {} : { ca: to.ca, secureContext: undefined }),
    }),
  )
}
