import { once } from 'node:events'
import { connect } from 'node:tls'

/** Greets host:port by one version of TLS; returns the version and the address family that came of it. */
export async function handshake(registry: string, version: '1.2' | '1.3', ca: string): Promise<(string | null)[]> {
  const { hostname, port } = new URL(`https://${registry}`)
  const only = `TLSv${version}` as const
  const socket = connect({
    host: hostname,
    port: Number(port),
    servername: hostname,
    ca,
    minVersion: only,
    maxVersion: only,
  })
  try {
    await once(socket, 'secureConnect')
    return [socket.getProtocol(), socket.remoteFamily ?? null]
  } finally {
    socket.destroy()
  }
}
