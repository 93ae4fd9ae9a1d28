import { createServer, type RequestListener } from 'node:http'
import type { TestContext } from 'node:test'

/** The port of an HTTP server on loopback that is closed with its test, whatever is still open. */
export async function answering(t: TestContext, listener: RequestListener): Promise<number> {
  const server = createServer(listener)
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
