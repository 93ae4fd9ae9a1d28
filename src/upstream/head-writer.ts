import type { Socket } from 'node:net'
import type { buildConnector } from 'undici'
import { preparing } from './connector.ts'

type Written = (error?: Error | null) => void

const END_OF_LINE = '\r\n'
const END_OF_HEAD = `${END_OF_LINE}${END_OF_LINE}`

/**
 * Writes a header line that undici does not know of into the heads of requests. undici tries each byte of a header against a
 * regular expression and joins them to a string that is copied once more; with 5 KB of token that is a twentieth of what a
 * manifest costs (docs/performance.md).
 */
export class HeadWriter {
  #line: Buffer | undefined

  /**
   * The line of the head that is written next. To be called from undici's onConnect: right after it, and before anything
   * else can happen, it writes that request's head.
   */
  next(line: Buffer): void {
    this.#line = line
  }

  /** Has the connections that `connector` makes take their lines from here. */
  over(connector: buildConnector.connector): buildConnector.connector {
    return preparing(connector, (socket) => this.#intercept(socket))
  }

  #intercept(socket: Socket): void {
    const write = socket.write.bind(socket)
    socket.write = (chunk: Uint8Array | string, encoding?: BufferEncoding | Written, written?: Written): boolean => {
      const line = this.#line
      if (line !== undefined && typeof chunk === 'string') {
        this.#line = undefined
        // undici asks for no call when a head is written.
        return write(withLine(chunk, line))
      }
      return typeof encoding === 'function' ? write(chunk, encoding) : write(chunk, encoding, written)
    }
  }
}

/** The head with the line before its end. Throws where undici did not write it as one string, and undici then fails the request. */
function withLine(head: string, line: Buffer): Buffer {
  if (!head.endsWith(END_OF_HEAD)) throw new Error('undici did not write the head of a request as one string')
  const before = head.length - END_OF_LINE.length
  const bytes = Buffer.allocUnsafe(head.length + line.length)
  bytes.write(head, 0, before, 'latin1')
  line.copy(bytes, before)
  bytes.write(END_OF_LINE, before + line.length, 'latin1')
  return bytes
}
