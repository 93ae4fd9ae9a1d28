import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { Socket } from 'node:net'
import type { Answer, Exchange, Handler } from './exchange.ts'
import { withFault } from './fault-actions.ts'
import type { Faults } from './faults.ts'
import type { Behaviour, TlsPair } from './options.ts'
import type { ListenerName, RecordedRequest, Recorder } from './recorder.ts'
import { sendAnswer } from './send.ts'

export interface ListenerOptions {
  readonly name: ListenerName
  readonly tls?: TlsPair
  readonly handler: Handler
  readonly faults: Faults
  readonly recorder: Recorder
  readonly behaviour: Behaviour
}

interface Peer {
  readonly id: number
  readonly raw: Socket
}

// ECR's tokens are near 5 KB and clients add headers of their own.
const MAX_HEADER_BYTES = 64 * 1024

let connections = 0

/** One listening socket: HTTP/1.1, over TLS when given a certificate. Records every request and lets faults in its way. */
export class Listener {
  readonly #options: ListenerOptions
  readonly #server: Server
  readonly #peersByAddress = new Map<string, Peer>()
  readonly #open = new Set<Socket>()
  readonly #peers = new WeakMap<Socket, Peer>()
  /** The answer to the last request of a connection. */
  readonly #latest = new WeakMap<Socket, ServerResponse>()
  #port = 0

  constructor(options: ListenerOptions) {
    this.#options = options
    const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
      void this.#serve(request, response)
    }
    const limits = { maxHeaderSize: MAX_HEADER_BYTES, requestTimeout: 0 }
    this.#server =
      options.tls === undefined
        ? createServer(limits, onRequest)
        : createTlsServer({ ...limits, ...options.tls, ALPNProtocols: ['http/1.1'] }, onRequest)
    this.#server.on('connection', (socket: Socket) => this.#connected(socket))
    this.#server.on('secureConnection', (socket: Socket) => this.#secured(socket))
  }

  get port(): number {
    return this.#port
  }

  async listen(host: string, port: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(port, host, resolve)
    })
    const address = this.#server.address()
    this.#port = typeof address === 'object' && address !== null ? address.port : port
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => resolve())
    })
    for (const raw of this.#open) raw.destroy()
    await closed
  }

  #connected(raw: Socket): void {
    connections += 1
    const peer = { id: connections, raw }
    const address = addressOf(raw)
    this.#peersByAddress.set(address, peer)
    this.#peers.set(raw, peer)
    this.#open.add(raw)
    raw.once('close', () => {
      this.#open.delete(raw)
      // A port is used again while an older connection from it stalls here, unread.
      if (this.#peersByAddress.get(address) === peer) this.#peersByAddress.delete(address)
    })
    raw.on('error', () => undefined)
  }

  // The request's socket is the TLS one; only the TCP one below it can send an RST.
  #secured(socket: Socket): void {
    const peer = this.#peersByAddress.get(addressOf(socket))
    if (peer !== undefined) this.#peers.set(socket, peer)
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { name, faults, recorder, behaviour, handler } = this.#options
    const { method = '', url = '', rawHeaders, socket } = request
    const peer = this.#peers.get(socket)
    this.#latest.set(socket, response)
    const record = recorder.begin({ listener: name, method, url, rawHeaders, connection: peer?.id ?? 0 })
    let hungUp = false
    const closed = new Promise<void>((resolve) => {
      response.once('close', () => {
        record.aborted = !hungUp && !response.writableFinished
        recorder.changed()
        resolve()
      })
    })
    response.on('error', () => undefined)
    const hangUp = (by: 'fin' | 'rst'): void => {
      hungUp = true
      if (by === 'rst') peer?.raw.resetAndDestroy()
      else socket.destroySoon()
    }
    try {
      const exchange = exchangeOf(request, record, recorder)
      const outcome = await withFault(faults.take(name, method, url), exchange, handler)
      if ('silence' in outcome) return
      if ('hangUp' in outcome) return hangUp(outcome.hangUp)
      record.status = outcome.status
      // Over Node's own keepAliveTimeout, to which it adds a second. The next request may be here before this is told.
      response.once('finish', () => {
        if (this.#latest.get(socket) === response) socket.setTimeout(behaviour.keepAliveTimeoutMs)
      })
      await sendAnswer(request, response, withConnectionHeader(outcome, behaviour), () => hangUp('fin'))
    } catch (error) {
      // A client that went away is no fault of ours, and there is nobody left to be told.
      if (socket.destroyed) return
      console.error('simulator: %s %s failed:', method, url, error)
      response.destroy()
    } finally {
      await closed
      record.finished = true
      recorder.changed()
    }
  }
}

// Said by ourselves, because Node would add a Keep-Alive header that ECR does not send.
function withConnectionHeader(answer: Answer, behaviour: Behaviour): Answer {
  const close = behaviour.connectionClose || answer.thenClose === true
  return { ...answer, headers: { Connection: close ? 'close' : 'keep-alive', ...answer.headers } }
}

function addressOf(socket: Socket): string {
  return `${socket.remoteAddress} ${socket.remotePort}`
}

function exchangeOf(request: IncomingMessage, record: RecordedRequest, recorder: Recorder): Exchange {
  const { method = '', url = '', headers } = request
  const queryStart = url.indexOf('?')
  const rawQuery = queryStart === -1 ? '' : url.slice(queryStart + 1)
  return {
    method,
    path: queryStart === -1 ? url : url.slice(0, queryStart),
    rawQuery,
    query: new URLSearchParams(rawQuery),
    headers,
    body: countedBody(request, record, recorder),
  }
}

async function* countedBody(request: IncomingMessage, record: RecordedRequest, recorder: Recorder) {
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    const bytes: Buffer = chunk
    record.bodyBytes += bytes.length
    recorder.changed()
    yield bytes
  }
}
