import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { type Endpoint, exchange, NoAnswerError } from './client.ts'

/** Between two looks at whether a backend is ready; a load balancer's are seconds, and so are its SHUTDOWN_DELAYs. */
const PROBE_MS = 200

interface Backend {
  endpoint: Endpoint
  ready: boolean
}

/** A TCP balancer: each new connection goes to the next backend whose /readyz says that it is ready. */
export class Balancer {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #backends: Backend[] = []
  #next = 0
  #timer: NodeJS.Timeout | undefined
  #port = 0

  private constructor() {
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (near) => this.#connected(near))
  }

  static async open(): Promise<Balancer> {
    const balancer = new Balancer()
    balancer.#server.listen(0, '127.0.0.1')
    await once(balancer.#server, 'listening')
    const address = balancer.#server.address()
    balancer.#port = typeof address === 'object' && address !== null ? address.port : 0
    balancer.#timer = setInterval(() => balancer.#probeAll(), PROBE_MS)
    return balancer
  }

  get port(): number {
    return this.#port
  }

  /** Takes in a backend that is ready. */
  add(endpoint: Endpoint): void {
    this.#backends.push({ endpoint, ready: true })
  }

  remove(endpoint: Endpoint): void {
    this.#backends = this.#backends.filter((backend) => backend.endpoint !== endpoint)
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    if (!this.#server.listening) return
    this.#server.close()
    for (const socket of this.#sockets) socket.destroy()
    await once(this.#server, 'close')
  }

  #probeAll(): void {
    for (const backend of this.#backends) void probe(backend)
  }

  #connected(near: Socket): void {
    const ready = this.#backends.filter((backend) => backend.ready)
    this.#next += 1
    const backend = ready[this.#next % ready.length]
    if (backend === undefined) {
      near.destroy()
      return
    }
    const far = connect({
      port: backend.endpoint.port,
      host: backend.endpoint.host,
      allowHalfOpen: true,
      noDelay: true,
    })
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(from)
      // pipe() and not pipeline(), which would make a reset out of a FIN.
      from
        .on('error', () => to.resetAndDestroy())
        .once('close', () => {
          this.#sockets.delete(from)
          to.destroySoon()
        })
        .pipe(to)
    }
  }
}

async function probe(backend: Backend): Promise<void> {
  try {
    const { status } = await exchange(backend.endpoint, { options: { path: '/readyz' } })
    backend.ready = status === 200
  } catch (error) {
    if (!(error instanceof NoAnswerError)) throw error
    backend.ready = false
  }
}
