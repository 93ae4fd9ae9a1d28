import type { Socket } from 'node:net'
import { createSecureContext } from 'node:tls'
import type { buildConnector } from 'undici'
import { UPSTREAM_CONNECT_MS } from '../limits.ts'
import { buildConnector as build } from './undici.ts'

/** Has `prepare` see each socket that `connector` makes, before undici does. */
export function preparing(
  connector: buildConnector.connector,
  prepare: (socket: Socket) => void,
): buildConnector.connector {
  return (options, callback) => {
    connector(options, (...[error, socket]) => {
      if (error !== null) return callback(error, null)
      prepare(socket)
      callback(null, socket)
    })
  }
}

/** Makes TLS connections to the upstream and verifies whom it reached; `ca` replaces the authorities that Node trusts. */
export function verifyingConnector(ca?: string): buildConnector.connector {
  let connect: buildConnector.connector | undefined
  // Made with the first connection, not before listening: it reads all authorities.
  return (options, callback) => {
    connect ??= build({
      timeout: UPSTREAM_CONNECT_MS,
      // Written out because reply-from's own client has false here, and so that NODE_TLS_REJECT_UNAUTHORIZED=0, set for
      // something else, does not hand the token to whoever asks.
      rejectUnauthorized: true,
      // One for all: node:tls would make one for each connection, for 0.2 to 0.4 ms of CPU and 32 KiB that V8 does not
      // see, and each write of a push has a connection of its own.
      secureContext: createSecureContext({ minVersion: 'TLSv1.2', ...(ca === undefined ? {} : { ca }) }),
      // ECR speaks HTTP/1.1 only, as far as anyone has seen.
      allowH2: false,
    })
    connect(options, callback)
  }
}
