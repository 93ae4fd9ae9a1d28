import type { Socket } from 'node:net'
import { isClosedWithoutAnswer } from './failure.ts'

type Written = (error?: Error | null) => void

/**
 * Has a socket read on when it cannot be written any more. An upstream that refuses an upload early answers, and closes with
 * the rest of it unread, which resets the connection; Node destroys a socket with the first write that fails, and the
 * answer that has come and was not read yet with it. What is not there to be read ends the socket just as soon.
 */
export function readsOn(socket: Socket): void {
  const write = socket._write.bind(socket)
  socket._write = (chunk, encoding, written) => write(chunk, encoding, unlessClosed(socket, written))
  const writev = socket._writev?.bind(socket)
  if (writev !== undefined) socket._writev = (chunks, written) => writev(chunks, unlessClosed(socket, written))
}

/** A write that is never over, for a connection that the other side has closed: all that the stream does is to write no more. */
function unlessClosed(socket: Socket, written: Written): Written {
  return (error) => {
    if (error instanceof Error && isClosedWithoutAnswer(error) && socket.readable) return
    written(error)
  }
}
