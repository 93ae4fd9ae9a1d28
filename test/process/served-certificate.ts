import { once } from 'node:events'
import type { TestContext } from 'node:test'
import { connect } from 'node:tls'

/** The serial number of the certificate that a new connection to a port of loopback gets. */
export async function serialOf(t: TestContext, port: number, ca: string): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port, ca, servername: 'localhost' })
  t.after(() => socket.destroy())
  await once(socket, 'secureConnect')
  const { serialNumber } = socket.getPeerCertificate()
  socket.destroy()
  return serialNumber
}

/** Those that several new connections get: more of them than there are workers. */
export async function serialsOf(t: TestContext, port: number, ca: string): Promise<Set<string>> {
  return new Set(await Promise.all(Array.from({ length: 4 }, () => serialOf(t, port, ca))))
}
