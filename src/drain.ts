import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** Knows whether the service is shutting down, what is in flight, and which connections nothing has come over yet. */
export class Drain {
  readonly #server: Server
  // By peer, because a TLS socket does not expose the TCP socket below it.
  readonly #unused = new Map<string, Socket>()
  // So that only the first request of a connection asks for its peer, which is expensive.
  readonly #used = new WeakSet<Socket>()
  readonly #underWay = new Set<ServerResponse>()
  #draining = false
  #whenSettled: (() => void) | undefined

  constructor(server: Server) {
    this.#server = server
    // Node, and Fastify with it, take a connection for idle whose answer was written to its end and has not been sent yet,
    // and close it. Both ask the server itself, and so does closeIdle.
    const closeIdleConnections = server.closeIdleConnections.bind(server)
    server.closeIdleConnections = () => {
      if (!this.#isSending()) closeIdleConnections()
    }
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
    return this.#underWay.size
  }

  /** From now on every answer says that its connection closes. */
  begin(): void {
    this.#draining = true
  }

  requestStarted({ socket }: IncomingMessage, outgoing: ServerResponse): void {
    this.#underWay.add(outgoing)
    if (this.#used.has(socket)) return
    this.#used.add(socket)
    this.#unused.delete(peerOf(socket))
  }

  requestEnded(outgoing: ServerResponse): void {
    this.#underWay.delete(outgoing)
    if (this.#underWay.size === 0) this.#whenSettled?.()
  }

  /** The answer that has begun on a connection and has not ended there. */
  answeringOn(socket: Socket): ServerResponse | undefined {
    for (const outgoing of this.#underWay) if (outgoing.headersSent && outgoing.socket === socket) return outgoing
    return undefined
  }

  /**
   * Settles when nothing is in flight any more, at the latest after `ms`. A server says that it is closed when its sockets are
   * destroyed, and what they carried ends a turn of the event loop later.
   */
  async settled(ms: number): Promise<void> {
    if (this.#underWay.size === 0) return
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms)
      this.#whenSettled = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  /**
   * Closes the connections that carry no request; none while an answer that was written to its end is still being sent.
   * Node's closeIdleConnections leaves out those that never carried one (a load balancer's, or one whose TLS handshake
   * never came), and each would hold the shutdown up.
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

  #isSending(): boolean {
    for (const { writableEnded } of this.#underWay) if (writableEnded) return true
    return false
  }
}

function peerOf(socket: Socket): string {
  return `${socket.remoteAddress} ${socket.remotePort}`
}
