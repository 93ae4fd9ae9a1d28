import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import type { TestContext } from 'node:test'
import { until } from './until.ts'

export interface RawAnswer {
  status: number
  /** Lower-case names; the last value of a repeated one. */
  headers: Record<string, string>
  body: string
}

/** One TCP connection over which a test writes its own bytes; what comes back is cut into answers. */
export class RawClient {
  readonly socket: Socket
  #received = ''
  #closed = false

  constructor(socket: Socket) {
    this.socket = socket
    socket.setEncoding('latin1')
    socket.on('data', (text: string) => {
      this.#received += text
    })
    socket.on('close', () => {
      this.#closed = true
    })
    // A reset shows as a missing answer, which is what a test looks at.
    socket.on('error', () => undefined)
  }

  static async connect(t: TestContext, to: { port: number }, host = '127.0.0.1'): Promise<RawClient> {
    const socket = connect(to.port, host)
    t.after(() => socket.destroy())
    await once(socket, 'connect')
    return new RawClient(socket)
  }

  get closed(): boolean {
    return this.#closed
  }

  /** What has come and was not taken as an answer. */
  get rest(): string {
    return this.#received
  }

  write(text: string): void {
    this.socket.write(text, 'latin1')
  }

  /** The next answer with a Content-Length; `method` tells whether a body follows. */
  async answer(method = 'GET', timeoutMs = 5000): Promise<RawAnswer> {
    return until(() => this.#cut(method) ?? this.#failed(), 'an answer', timeoutMs)
  }

  #failed(): undefined {
    if (this.#closed) throw new Error(`closed without a whole answer, after: ${JSON.stringify(this.#received)}`)
    return undefined
  }

  #cut(method: string): RawAnswer | undefined {
    const end = this.#received.indexOf('\r\n\r\n')
    if (end === -1) return undefined
    const [first = '', ...lines] = this.#received.slice(0, end).split('\r\n')
    const headers = Object.fromEntries(lines.map((line) => headerOf(line)))
    const status = Number(first.split(' ')[1])
    const hasBody = method !== 'HEAD' && status >= 200 && status !== 204
    const length = hasBody ? Number(headers['content-length'] ?? 0) : 0
    const start = end + 4
    if (this.#received.length < start + length) return undefined
    const body = this.#received.slice(start, start + length)
    this.#received = this.#received.slice(start + length)
    return { status, headers, body }
  }
}

function headerOf(line: string): [name: string, value: string] {
  const colon = line.indexOf(':')
  return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
}
