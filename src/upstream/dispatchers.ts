import { Client, Pool, type buildConnector, type Dispatcher } from 'undici'
import {
  UPSTREAM_HEAD_MS,
  UPSTREAM_IDLE_MS,
  UPSTREAM_KEEP_ALIVE_MS,
  UPSTREAM_MAX_HEADER_SIZE,
  UPSTREAM_SHORT_CONNECTIONS,
} from '../limits.ts'

/** The connections to one upstream (docs/request-handling.md: 12). */
export interface Dispatchers {
  /** Requests without a streamed body: kept alive, bounded. */
  readonly short: Dispatcher
  /** Streamed bodies. Unbounded, so that stalled uploads hold up nobody. */
  readonly upload: Dispatcher
  /** A connection that nobody has used; for what a closing keep-alive connection may have swallowed. Close it after use. */
  fresh(): Dispatcher
  /** Ends all connections at once. */
  destroy(): Promise<void>
}

/** Opens nothing yet; `connector` makes each connection and verifies the upstream's certificate. */
export function createDispatchers(origin: string, connector: buildConnector.connector): Dispatchers {
  const common = {
    connect: connector,
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
  }
  const short = new Pool(origin, { ...common, connections: UPSTREAM_SHORT_CONNECTIONS })
  const upload = new Pool(origin, { ...common, connections: null })
  return {
    short,
    upload,
    fresh: () => new Client(origin, common),
    destroy: async () => {
      await Promise.all([short.destroy(), upload.destroy()])
    },
  }
}
