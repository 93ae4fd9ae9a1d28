import type http from 'node:http'
import type { Socket } from 'node:net'

/** Knows whether the service is on its way out, what is in flight, and which connections nothing has come over yet. */
export class Drain {
  readonly #server: http.Server
  // By peer, because a TLS socket does not tell the TCP socket below it.
  readonly #unused = new Map<string, Socket>()
  readonly #used = new WeakSet<Socket>()
  #draining = false
  #inFlight = 0

  constructor(server: http.Server) {
    this.#server = server
    server.on('connection', (socket: Socket) => {
      const peer = peerOf(socket)
      this.#unused.set(peer, socket)
      socket.once('close', () => {
        if (this.#unused.get(peer) === socket) this.#unused.delete(peer)
      })
    })
  }

  get draining(): boolean {
    return this.#draining
  }

  /** Requests whose answer has not ended. */
  get inFlight(): number {
    return this.#inFlight
  }

  /** From now on every answer says that its connection closes. */
  begin(): void {
    this.#draining = true
  }

  requestStarted(socket: Socket): void {
    this.#inFlight += 1
    if (this.#used.has(socket)) return
    this.#used.add(socket)
    this.#unused.delete(peerOf(socket))
  }

  requestEnded(): void {
    this.#inFlight -= 1
  }

  /**
   * Closes the connections that carry no request. Node's closeIdleConnections leaves out those that never carried one
   * (a load balancer's, or one whose TLS handshake never came), and each would hold the shutdown up.
   */
  closeIdle(): void {
    this.#server.closeIdleConnections()
    for (const socket of this.#unused.values()) socket.destroy()
  }

  /** Closes every connection, whatever it carries. */
  closeAll(): void {
    this.closeIdle()
    this.#server.closeAllConnections()
  }
}

function peerOf(socket: Socket): string {
  return `${socket.remoteAddress} ${socket.remotePort}`
}
