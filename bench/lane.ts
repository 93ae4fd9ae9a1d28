import { once } from 'node:events'
import tls from 'node:tls'
import { CIPHERS } from './ends.ts'
import type { Target } from './load.ts'
import type { Fate } from './outcomes.ts'

/** One request, and the status that is expected of it. */
export interface Step {
  method: string
  path: string
  body: Buffer
  status: number
}

/** Takes what became of a request; `failure` says what was asked and what was the answer of one that failed. */
type Told = (fate: Fate, failure?: string) => void

/**
 * One connection, one request at a time. It speaks HTTP by itself, because a client that costs as much as the proxy could not
 * overload it from the same machine.
 */
export class Lane {
  readonly #socket: tls.TLSSocket
  #received = ''
  #step: Step | undefined
  #told: Told = () => undefined

  private constructor(socket: tls.TLSSocket) {
    this.#socket = socket
    socket.setEncoding('latin1')
    socket.on('data', (text: string) => this.#read(text))
    socket.on('error', () => undefined)
    socket.on('close', () => this.#answered(''))
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

  request(step: Step, told: Told): void {
    const { method, path, body } = step
    if (!this.isOpen) return told('failed', `${method} on a closed connection`)
    this.#step = step
    this.#told = told
    const length = method === 'GET' || method === 'HEAD' ? '' : `Content-Length: ${body.length}\r\n`
    this.#socket.write(`${method} ${path} HTTP/1.1\r\nHost: localhost\r\n${length}\r\n`)
    if (body.length > 0) this.#socket.write(body)
  }

  close(): void {
    this.#socket.destroy()
  }

  #read(text: string): void {
    this.#received += text
    const end = this.#received.indexOf('\r\n\r\n')
    if (end === -1) return
    const head = this.#received.slice(0, end + 2).toLowerCase()
    const length = this.#step?.method === 'HEAD' ? 0 : Number(/\r\ncontent-length: (\d+)/.exec(head)?.[1])
    if (Number.isNaN(length)) return void this.#socket.destroy(new Error('an answer without a length'))
    if (this.#received.length < end + 4 + length) return
    this.#received = ''
    this.#answered(head)
  }

  /** Takes the head of an answer that is there whole; an empty one when the connection has closed. */
  #answered(head: string): void {
    const step = this.#step
    if (step === undefined) return
    this.#step = undefined
    const status = Number(head.split(' ', 2)[1])
    if (status === step.status) this.#told('accepted')
    else if (status === 503 && head.includes('\r\nretry-after: ')) this.#told('shed')
    else this.#told('failed', `${step.method} ${step.path} ${head === '' ? 'closed' : status}`)
  }
}
