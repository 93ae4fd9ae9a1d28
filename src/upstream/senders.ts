import type { buildConnector } from 'undici'
import {
  UPSTREAM_HEAD_MS,
  UPSTREAM_IDLE_MS,
  UPSTREAM_KEEP_ALIVE_MS,
  UPSTREAM_MAX_HEADER_SIZE,
  UPSTREAM_SHORT_CONNECTIONS,
} from '../limits.ts'
import type { StreamedBody } from '../client/upload-body.ts'
import type { Exchange, OutgoingRequest } from './exchange.ts'
import { HeadWriter } from './head-writer.ts'
import { sendAlone } from './own-connection.ts'
import { survivingPause } from './paused-parser.ts'
import { Places } from './places.ts'
import { sendPooled } from './pooled.ts'
import { Pool } from './undici.ts'

export interface PoolNumbers {
  connected: number
  running: number
  waiting: number
}

/** The two ways to one upstream (docs/request-handling.md: 12). */
export interface Senders {
  /** Over one of a bounded number of connections, which are kept alive. */
  pooled(request: OutgoingRequest): Exchange
  /**
   * Over a connection of its own: for streamed bodies, so that stalled uploads hold up nobody, and for what a closing
   * keep-alive connection may not swallow.
   */
  alone(request: OutgoingRequest, stream: StreamedBody | undefined): Exchange
  /** The kept connections, how many of them have a request, and how many requests wait for one. */
  poolNumbers(): PoolNumbers
  /** Ends the connections that are kept. */
  destroy(): Promise<void>
}

/** Opens nothing yet; `connector` makes each connection and verifies the upstream's certificate. */
export function createSenders(host: string, connector: buildConnector.connector): Senders {
  const heads = new HeadWriter()
  const pool = new Pool(`https://${host}`, {
    connect: heads.over(survivingPause(connector)),
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
  const places = new Places(UPSTREAM_SHORT_CONNECTIONS, setImmediate)
  const kept = { pool, heads, places }
  return {
    pooled: (request) => sendPooled(kept, request),
    alone: (request, stream) => sendAlone(host, connector, request, stream),
    poolNumbers: () => {
      const { connected, running, pending } = pool.stats
      return { connected, running, waiting: places.waiting + pending }
    },
    destroy: () => pool.destroy(),
  }
}
