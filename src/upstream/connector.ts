import type { buildConnector } from 'undici'
import { UPSTREAM_CONNECT_MS } from '../limits.ts'
import { buildConnector as build } from './undici.ts'

/** Makes TLS connections to the upstream and verifies whom it reached; `ca` replaces the authorities that Node trusts. */
export function verifyingConnector(ca?: string): buildConnector.connector {
  return build({
    timeout: UPSTREAM_CONNECT_MS,
    // Written out because reply-from's own client has false here, and so that NODE_TLS_REJECT_UNAUTHORIZED=0, set for
    // something else, does not hand the token to whoever asks.
    rejectUnauthorized: true,
    minVersion: 'TLSv1.2',
    // ECR speaks HTTP/1.1 only, as far as anyone has seen.
    allowH2: false,
    ...(ca === undefined ? {} : { ca }),
  })
}
