import { buildConnector } from 'undici'
import { UPSTREAM_CONNECT_MS } from '../limits.ts'

/** Buffered in a socket each way, in bytes. undici's 16 KiB is one TLS record: a stop and a start for each (docs/performance.md). */
const HIGH_WATER_MARK = 64 * 1024

/** Makes TLS connections to the upstream and verifies whom it reached; `ca` replaces the authorities that Node trusts. */
export function verifyingConnector(ca?: string): buildConnector.connector {
  const options = {
    timeout: UPSTREAM_CONNECT_MS,
    // Written out because reply-from's own client has false here, and so that NODE_TLS_REJECT_UNAUTHORIZED=0, set for
    // something else, does not hand the token to whoever asks.
    rejectUnauthorized: true,
    minVersion: 'TLSv1.2' as const,
    // ECR speaks HTTP/1.1 only, as far as anyone has seen.
    allowH2: false,
    highWaterMark: HIGH_WATER_MARK,
    ...(ca === undefined ? {} : { ca }),
  }
  return buildConnector(options)
}
