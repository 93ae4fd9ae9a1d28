import type { Socket } from 'node:net'
import type { buildConnector } from 'undici'

type Written = (error?: Error | null) => void

const END_OF_HEAD = '\r\n'

/**
 * Writes a header line that undici does not know of into the heads of requests. undici tries each byte of a header against a
 * regular expression and joins them to a string that is copied once more; with 5 KB of token that is a tenth of what a
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
    return (options, callback) => {
      connector(options, (...[error, socket]) => {
        if (error !== null) return callback(error, null)
        this.#intercept(socket)
        callback(null, socket)
      })
    }
  }

  #intercept(socket: Socket): void {
    const write = socket.write.bind(socket)
    socket.write = (chunk: Uint8Array | string, encoding?: BufferEncoding | Written, written?: Written): boolean => {
      const line = this.#line
      if (line !== undefined && typeof chunk === 'string') {
        this.#line = undefined
        return write(withLine(chunk, line))
      }
      return typeof encoding === 'function' ? write(chunk, encoding) : write(chunk, encoding, written)
    }
  }
}

/** The head, which undici writes as one string, with the line before its end. */
function withLine(head: string, line: Buffer): Buffer {
  const before = head.length - END_OF_HEAD.length
  const bytes = Buffer.allocUnsafe(head.length + line.length)
  bytes.write(head, 0, before, 'latin1')
  line.copy(bytes, before)
  bytes.write(END_OF_HEAD, before + line.length, 'latin1')
  return bytes
}
