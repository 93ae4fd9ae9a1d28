import { createServer, type RequestListener } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { TestContext } from 'node:test'

/** The port of a server on loopback, HTTPS with a certificate, that is closed with its test, whatever is still open. */
export async function answering(
  t: TestContext,
  listener: RequestListener,
  tls?: { cert: string; key: string },
): Promise<number> {
  const server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener)
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}
