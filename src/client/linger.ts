import { CLIENT_IDLE_MS, LINGER_BYTES, LINGER_IDLE_MS, LINGER_MS } from '../limits.ts'
import type { Call } from './call.ts'
import { hasBody } from './request-body.ts'

/**
 * Ends an answer whose head and body have been written. Where the request's body has not all come, the rest is read and
 * thrown away first, in bounded time and size: closing a socket with unread bytes resets it, and the client would get
 * the reset instead of the answer (nginx calls this lingering close; docs/request-handling.md: 21).
 */
export function endAnswer(call: Call): void {
  const { incoming, outgoing } = call
  if (incoming.complete || incoming.destroyed || !hasBody(incoming)) {
    end(call)
    return
  }
  outgoing.flushHeaders()
  let bytes = 0
  const idle = setTimeout(finish, LINGER_IDLE_MS).unref()
  const total = setTimeout(finish, LINGER_MS).unref()
  function onData(chunk: Buffer): void {
    idle.refresh()
    bytes += chunk.length
    if (bytes > LINGER_BYTES) finish()
  }
  function finish(): void {
    clearTimeout(idle)
    clearTimeout(total)
    incoming.off('data', onData).off('end', finish).off('close', finish)
    const { complete } = incoming
    end(call, () => {
      if (!complete) incoming.destroy()
    })
  }
  incoming.on('data', onData).on('end', finish).on('close', finish).resume()
}

/** Writes the end, once it is the answer's turn on its connection (a pipelined one waits), and watches the client take it. */
function end(call: Call, ended?: () => void): void {
  const { outgoing } = call
  outgoing.end(ended)
  if (outgoing.socket === null) outgoing.once('socket', () => watch(call))
  else watch(call)
}

/** A client that takes no answer keeps its connection no longer than one that sends no body; Node would wait for ever. */
function watch(call: Call): void {
  const { outgoing } = call
  if (outgoing.writableFinished || outgoing.destroyed) return
  const timer = setTimeout(() => outgoing.destroy(), CLIENT_IDLE_MS).unref()
  call.onEnd(() => clearTimeout(timer))
}
