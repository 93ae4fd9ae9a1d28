import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { connect } from 'node:net'
import { type Duplex, pipeline } from 'node:stream'

/** An HTTP proxy for a client whose host names are not in the DNS: CONNECT to a name leads to a port of loopback. */
export class Signpost {
  readonly url: string
  readonly #server: Server
  readonly #sockets: Set<Duplex>

  private constructor(server: Server, sockets: Set<Duplex>, port: number) {
    this.#server = server
    this.#sockets = sockets
    this.url = `http://127.0.0.1:${port}`
  }

  /** `ports` by host name; a name that is not among them is refused. */
  static async start(ports: ReadonlyMap<string, number>): Promise<Signpost> {
    const sockets = new Set<Duplex>()
    const server = createServer((_request, response) => response.writeHead(405).end())
    server.on('connect', (request, client: Duplex) => {
      sockets.add(client.on('error', () => {}))
      client.once('close', () => sockets.delete(client))
      const port = ports.get((request.url ?? '').replace(/:\d+$/, ''))
      if (port === undefined) {
        client.end('HTTP/1.1 502 no such name\r\n\r\n')
        return
      }
      const upstream = connect(port, '127.0.0.1', () => {
        client.write('HTTP/1.1 200 OK\r\n\r\n')
        pipeline(client, upstream, client, () => {})
      })
      upstream.on('error', () => client.destroy())
      client.once('close', () => upstream.destroy())
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    return new Signpost(server, sockets, typeof address === 'object' && address !== null ? address.port : 0)
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }
}
