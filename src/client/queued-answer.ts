import type { IncomingMessage, ServerResponse } from 'node:http'

/**
 * Tells the answer to a pipelined request that its connection has closed. Node gives an answer its socket, and with it
 * its `close`, only when those before it have ended: one that still waited its turn would never hear that its client
 * has left, and what is done for it would never end.
 */
export function closeQueuedAnswer(incoming: IncomingMessage, outgoing: ServerResponse): void {
  if (outgoing.socket !== null) return
  // Node destroys the requests of a closed connection, those that are queued included.
  incoming.once('close', () => {
    if (outgoing.socket !== null || outgoing.writableFinished || outgoing.closed) return
    outgoing.destroy()
    outgoing.emit('close')
  })
}
