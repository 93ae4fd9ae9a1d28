import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import process from 'node:process'

/** The answers that wait for their turn on a connection. */
const queues = new WeakMap<Socket, Set<ServerResponse>>()

/**
 * Lets the answer to a pipelined request know that its connection has closed. Node gives an answer its socket, and with it
 * its `close`, only when those before it have ended: one that still waited its turn would never hear that its client
 * has left, and what is done for it would never end. An answer that breaks off before its turn takes the connection with it
 * when its turn comes, as one does that breaks off later.
 */
export function closeQueuedAnswer({ socket }: IncomingMessage, outgoing: ServerResponse): void {
  if (outgoing.socket !== null) return
  const queue = queues.get(socket) ?? watchedQueue(socket)
  queue.add(outgoing)
  outgoing.once('socket', () => {
    queue.delete(outgoing)
    // It broke off while it waited. Node 24 gives a dead answer its turn, which it never ends, and those behind it would wait for ever.
    if (outgoing.destroyed) socket.destroy()
  })
}

function watchedQueue(socket: Socket): Set<ServerResponse> {
  const queue = new Set<ServerResponse>()
  queues.set(socket, queue)
  // The request's own `close` does not come when it has no body (optimizeEmptyRequests).
  socket.once('close', () => {
    for (const outgoing of queue) {
      outgoing.destroy()
      // Node 24 has done so by then, Node 20 has not.
      process.nextTick(() => {
        if (!outgoing.closed) outgoing.emit('close')
      })
    }
  })
  return queue
}
