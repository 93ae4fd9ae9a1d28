import type { Socket } from 'node:net'
import type { buildConnector } from 'undici'
import { preparing } from './connector.ts'
import { kParser } from './undici.ts'

/** What undici keeps of a connection's parser. */
interface Parser {
  readonly paused: boolean
  finish(): Error | null
  resume(): void
}

/**
 * Has the connections that `connector` makes survive their end while an answer is paused. undici 7 asserts then that it is
 * not, in a listener where nobody catches it, and the process would end (undici#5360; 8.x is mended). An answer that is
 * whole by its own length ends as one; any other breaks off, also one whose length only that end would give.
 */
export function survivingPause(connector: buildConnector.connector): buildConnector.connector {
  // undici makes the parser right after this, and an answer comes in a later turn.
  return preparing(connector, (socket) => setImmediate(() => mend(socket)))
}

function mend(socket: Socket): void {
  const parser: unknown = Reflect.get(socket, kParser)
  // Closed by now.
  if (!isParser(parser)) return
  // All bytes have been taken by then: this is for what follows the last one.
  socket.prependListener('end', () => {
    if (parser.paused) parser.resume()
  })
  const finish = parser.finish.bind(parser)
  // While it is paused its socket is about to be destroyed, or is, and reports an error by itself. And undici takes a reset for
  // the end of an answer that has no length.
  parser.finish = () => (parser.paused || socket.errored !== null ? null : finish())
}

function isParser(value: unknown): value is Parser {
  return typeof value === 'object' && value !== null && 'finish' in value && 'resume' in value && 'paused' in value
}
