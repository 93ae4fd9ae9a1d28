import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import tls from 'node:tls'
import { CIPHERS } from './ends.ts'
import type { Target } from './load.ts'

/** One request of a visit. */
export interface Step {
  method: string
  path: string
  bodyBytes: number
  status: number
}

/** What a client does over one connection, step by step; it leaves at the first 503. */
export type Visit = readonly Step[]

/** A stretch of time with so many visits a second. */
export interface Stretch {
  perSecond: number
  seconds: number
}

/** What became of one request. */
export interface Outcome {
  /** When it was due, in milliseconds since the first one. */
  dueAt: number
  /** From then until its answer was there whole, in milliseconds. */
  latency: number
  became: 'accepted' | 'shed' | 'failed'
  /** What was asked and what was the answer, of one that failed. */
  failure: string | undefined
}

/**
 * How many visits a second these outcomes of `visits` came to. Throws unless all were accepted: a refusal costs little, and would
 * make a rate that nobody is served at.
 */
export function rateOf(visits: number, outcomes: readonly Outcome[]): number {
  const refused = outcomes.filter(({ became }) => became !== 'accepted')
  if (refused.length > 0) {
    const told = new Set(refused.map(({ became, failure }) => failure ?? became))
    throw new Error(`${refused.length} of ${outcomes.length} requests were not accepted: ${[...told].join(', ')}`)
  }
  return (visits * 1000) / Math.max(...outcomes.map(({ dueAt, latency }) => dueAt + latency))
}

/**
 * Starts visits when they are due, whether or not those before have ended, over at most `connections` kept-alive
 * connections; what finds none free waits, and that counts. One list of outcomes for each stretch. It speaks HTTP by
 * itself, because a client that costs as much as the proxy could not overload it from the same machine.
 */
export async function openLoop(
  target: Target,
  visits: readonly Visit[],
  connections: number,
  stretches: readonly Stretch[],
): Promise<Outcome[][]> {
  const free = await Promise.all(Array.from({ length: connections }, async () => Lane.open(target)))
  const lanes = new Set(free)
  /** One that has closed would fail all that is given to it, and be free again at once for the next. */
  const opened = async (lane: Lane): Promise<Lane> => {
    if (lane.isOpen) return lane
    // Where none can be had, the request on the closed one says so.
    const other = await Lane.open(target).catch(() => lane)
    lanes.delete(lane)
    lanes.add(other)
    return other
  }
  const waiting: ((lane: Lane) => void)[] = []
  const startedAt = performance.now()
  const now = (): number => performance.now() - startedAt
  const visit = async (steps: Visit, dueAt: number): Promise<Outcome[]> => {
    const lane = await opened(free.pop() ?? (await new Promise<Lane>((resolve) => waiting.push(resolve))))
    const outcomes: Outcome[] = []
    for (const step of steps) {
      const due = outcomes.length === 0 ? dueAt : now()
      const { became, failure } = await lane.request(step)
      outcomes.push({ dueAt: due, latency: now() - due, became, failure })
      if (became !== 'accepted') break
    }
    const next = waiting.shift()
    if (next === undefined) free.push(lane)
    else next(lane)
    return outcomes
  }
  let from = 0
  let visited = 0
  const ended: Promise<Outcome[][]>[] = []
  for (const { perSecond, seconds } of stretches) {
    const all: Promise<Outcome[]>[] = []
    for (let i = 0; i < perSecond * seconds; i += 1) {
      const dueAt = from + (i * 1000) / perSecond
      const dueIn = dueAt - now()
      if (dueIn > 0) await sleep(dueIn)
      all.push(visit(visits[visited % visits.length] ?? [], dueAt))
      visited += 1
    }
    ended.push(Promise.all(all))
    from += seconds * 1000
  }
  const outcomes = (await Promise.all(ended)).map((each) => each.flat())
  for (const lane of lanes) lane.close()
  return outcomes
}

/** One connection, one request at a time. */
class Lane {
  readonly #socket: tls.TLSSocket
  #received = ''
  #method = ''
  #answered: ((head: string) => void) | undefined

  constructor(socket: tls.TLSSocket) {
    this.#socket = socket
    socket.setEncoding('latin1')
    socket.on('data', (text: string) => this.#read(text))
    socket.on('error', () => undefined)
    socket.on('close', () => this.#answered?.(''))
  }

  static async open({ origin, ca }: Target): Promise<Lane> {
    const { hostname, port } = new URL(origin)
    const socket = tls.connect({ host: hostname, port: Number(port), ca, ciphers: CIPHERS, servername: hostname })
    await once(socket, 'secureConnect')
    // A body that follows its head would wait for the head's acknowledgement.
    socket.setNoDelay(true)
    return new Lane(socket)
  }

  get isOpen(): boolean {
    return !this.#socket.destroyed
  }

  async request({ method, path, bodyBytes, status }: Step): Promise<Pick<Outcome, 'became' | 'failure'>> {
    if (!this.isOpen) return { became: 'failed', failure: `${method} on a closed connection` }
    this.#method = method
    const length = method === 'GET' || method === 'HEAD' ? '' : `Content-Length: ${bodyBytes}\r\n`
    this.#socket.write(`${method} ${path} HTTP/1.1\r\nHost: localhost\r\n${length}\r\n`)
    if (bodyBytes > 0) this.#socket.write(Buffer.alloc(bodyBytes))
    const head = await new Promise<string>((resolve) => {
      this.#answered = resolve
    })
    const answered = Number(head.split(' ', 2)[1])
    if (answered === status) return { became: 'accepted', failure: undefined }
    return answered === 503 && head.includes('\r\nretry-after: ')
      ? { became: 'shed', failure: undefined }
      : { became: 'failed', failure: `${method} ${path} ${head === '' ? 'closed' : answered}` }
  }

  close(): void {
    this.#socket.destroy()
  }

  #read(text: string): void {
    this.#received += text
    const end = this.#received.indexOf('\r\n\r\n')
    if (end === -1) return
    const head = this.#received.slice(0, end + 2).toLowerCase()
    const length = this.#method === 'HEAD' ? 0 : Number(/\r\ncontent-length: (\d+)/.exec(head)?.[1] ?? 0)
    if (this.#received.length < end + 4 + length) return
    this.#received = ''
    this.#answered?.(head)
  }
}
