import type { buildConnector } from 'undici'
import {
  UPSTREAM_HEAD_MS,
  UPSTREAM_IDLE_MS,
  UPSTREAM_KEEP_ALIVE_MS,
  UPSTREAM_MAX_HEADER_SIZE,
  UPSTREAM_SHORT_CONNECTIONS,
} from '../limits.ts'
import type { Exchange, OutgoingRequest, StreamedBody } from './exchange.ts'
import { sendAlone } from './own-connection.ts'
import { sendPooled } from './pooled.ts'
import { Pool } from './undici.ts'

/** The two ways to one upstream (docs/request-handling.md: 12). */
export interface Senders {
  /** Over one of a bounded number of connections, which are kept alive. */
  pooled(request: OutgoingRequest): Exchange
  /**
   * Over a connection of its own: for streamed bodies, so that stalled uploads hold up nobody, and for what a closing
   * keep-alive connection may not swallow.
   */
  alone(request: OutgoingRequest, stream: StreamedBody | undefined): Exchange
  /** Ends the connections that are kept. */
  destroy(): Promise<void>
}

/** Opens nothing yet; `connector` makes each connection and verifies the upstream's certificate. */
export function createSenders(host: string, connector: buildConnector.connector): Senders {
  const pool = new Pool(`https://${host}`, {
    connect: connector,
    connections: UPSTREAM_SHORT_CONNECTIONS,
    // undici's default of 1, written out: a pipelined request would wait behind a slow one and fail with it.
    pipelining: 1,
    headersTimeout: UPSTREAM_HEAD_MS,
    bodyTimeout: UPSTREAM_IDLE_MS,
    keepAliveTimeout: UPSTREAM_KEEP_ALIVE_MS,
    // The upstream's own hint may shorten, never lengthen it.
    keepAliveMaxTimeout: UPSTREAM_KEEP_ALIVE_MS,
    maxHeaderSize: UPSTREAM_MAX_HEADER_SIZE,
    // A declared length that is not met is an error, not a warning.
    strictContentLength: true,
  })
  return {
    pooled: (request) => sendPooled(pool, request),
    alone: (request, stream) => sendAlone(host, connector, request, stream),
    destroy: () => pool.destroy(),
  }
}
