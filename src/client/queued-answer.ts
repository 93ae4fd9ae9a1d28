import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** The answers that wait for their turn on a connection. */
const queues = new WeakMap<Socket, Set<ServerResponse>>()

/**
 * Tells the answer to a pipelined request that its connection has closed. Node gives an answer its socket, and with it
 * its `close`, only when those before it have ended: one that still waited its turn would never hear that its client
 * has left, and what is done for it would never end.
 */
export function closeQueuedAnswer({ socket }: IncomingMessage, outgoing: ServerResponse): void {
  if (outgoing.socket !== null) return
  const queue = queues.get(socket) ?? watchedQueue(socket)
  queue.add(outgoing)
  outgoing.once('socket', () => queue.delete(outgoing))
}

function watchedQueue(socket: Socket): Set<ServerResponse> {
  const queue = new Set<ServerResponse>()
  queues.set(socket, queue)
  // The request's own `close` does not come when it has no body (optimizeEmptyRequests).
  socket.once('close', () => {
    for (const outgoing of queue) {
      outgoing.destroy()
      outgoing.emit('close')
    }
  })
  return queue
}
