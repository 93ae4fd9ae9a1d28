import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { Random } from '../soak/random.ts'
import { CALM, Lane, type LaneFaults } from './lane.ts'

/** Towards the server: requests; towards the client: answers. */
export type Direction = 'up' | 'down'

const DIRECTIONS: readonly Direction[] = ['up', 'down']

/**
 * A line between a client and a server, at the level of TCP: what goes through it is delayed, held, cut or reset as its
 * faults have it. Without any it passes everything on, FIN and RST included.
 */
export class Link {
  readonly host: string
  /** Where its connections lead, on loopback; new ones follow a change. */
  targetPort: number
  readonly #faults: Record<Direction, LaneFaults> = { up: { ...CALM }, down: { ...CALM } }
  readonly #random: Random
  readonly #lanes = new Set<Lane>()
  readonly #sockets = new Set<Socket>()
  #server: Server
  #port = 0
  #resetsNew = false
  #hits = 0

  private constructor(targetPort: number, host: string, seed: number) {
    this.targetPort = targetPort
    this.host = host
    this.#random = new Random(seed, targetPort)
    this.#server = this.#newServer()
  }

  static async open(targetPort: number, { host = '127.0.0.1', port = 0, seed = 1 } = {}): Promise<Link> {
    const link = new Link(targetPort, host, seed)
    await link.#listen(port)
    return link
  }

  get port(): number {
    return this.#port
  }

  /** How often a fault did something: to a piece, or to a connection. */
  get hits(): number {
    return this.#hits
  }

  /** Connections that are open now. */
  get connections(): number {
    return this.#lanes.size / 2
  }

  /** Changes what a direction does, from now on and for all connections; both without one. */
  shape(faults: Partial<LaneFaults>, directions: readonly Direction[] = DIRECTIONS): void {
    for (const direction of directions) Object.assign(this.#faults[direction], faults)
    for (const lane of this.#lanes) lane.pass()
  }

  /** Resets what is open, and whatever opens until `calm`. */
  resetAll(): void {
    this.#resetsNew = true
    this.resetOpen()
  }

  /** Resets what is open now. */
  resetOpen(): void {
    this.#hits += this.#sockets.size
    for (const socket of this.#sockets) socket.resetAndDestroy()
  }

  /** Resets what is open, and refuses connections until `accept`. */
  async refuse(): Promise<void> {
    this.#server.close()
    this.resetOpen()
    await once(this.#server, 'close')
  }

  async accept(): Promise<void> {
    this.#server = this.#newServer()
    await this.#listen(this.#port)
  }

  /** No fault any more; what was held goes on. */
  calm(): void {
    this.#resetsNew = false
    this.shape(CALM)
  }

  async close(): Promise<void> {
    const closed = this.#server.listening ? once(this.#server, 'close') : undefined
    this.#server.close()
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }

  #newServer(): Server {
    return createServer({ allowHalfOpen: true, noDelay: true }, (near) => this.#connected(near))
  }

  async #listen(port: number): Promise<void> {
    this.#server.listen(port, this.host)
    await once(this.#server, 'listening')
    const address = this.#server.address()
    this.#port = typeof address === 'object' && address !== null ? address.port : 0
  }

  #connected(near: Socket): void {
    this.#watch(near)
    if (this.#resetsNew) {
      this.#hits += 1
      near.resetAndDestroy()
      return
    }
    const far = connect({ port: this.targetPort, host: '127.0.0.1', allowHalfOpen: true, noDelay: true })
    this.#watch(far)
    const reset = (): void => {
      near.resetAndDestroy()
      far.resetAndDestroy()
    }
    const lane = (from: Socket, to: Socket, direction: Direction): void => {
      const faults = this.#faults[direction]
      const made = new Lane({ from, to, faults, random: this.#random, onHit: () => (this.#hits += 1), reset })
      this.#lanes.add(made)
      const forget = (): void => {
        if (from.destroyed && to.destroyed) this.#lanes.delete(made)
      }
      from.once('close', forget)
      to.once('close', forget)
    }
    lane(near, far, 'up')
    lane(far, near, 'down')
  }

  #watch(socket: Socket): void {
    this.#sockets.add(socket)
    // An end shows at the other side; 'close' follows.
    socket.on('error', () => {}).once('close', () => this.#sockets.delete(socket))
  }
}
