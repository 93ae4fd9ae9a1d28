import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { buildConnector } from 'undici'
import type { Clock } from '../clock.ts'
import type { Upstream } from '../ecr/host.ts'
import { UPSTREAM_CONNECT_MS } from '../limits.ts'
import { createDispatchers } from '../upstream/dispatchers.ts'
import { Forwarder } from '../upstream/forwarder.ts'
import { RetryBudget } from '../upstream/retry-budget.ts'

declare module 'fastify' {
  interface FastifyInstance {
    forwarder: Forwarder
  }
}

export interface UpstreamOptions {
  upstream: Upstream
  /** In place of the connector that resolves the upstream's name and connects to port 443. */
  connector: buildConnector.connector | undefined
  clock: Clock
  random: () => number
}

/** The connections to the upstream, and what sends requests over them. */
async function upstreamPlugin(app: FastifyInstance, options: UpstreamOptions): Promise<void> {
  const { upstream, clock, random } = options
  const dispatchers = createDispatchers(`https://${upstream.host}`, options.connector ?? verifyingConnector())
  app.decorate(
    'forwarder',
    new Forwarder({ upstream, dispatchers, tokens: app.ecrTokens, budget: new RetryBudget(), clock, random }),
  )
  app.addHook('onClose', async () => {
    await dispatchers.destroy()
  })
}

function verifyingConnector(): buildConnector.connector {
  return buildConnector({
    timeout: UPSTREAM_CONNECT_MS,
    // Written out because reply-from's own client has false here, and so that NODE_TLS_REJECT_UNAUTHORIZED=0, set for
    // something else, does not hand the token to whoever asks.
    rejectUnauthorized: true,
    minVersion: 'TLSv1.2',
    // ECR speaks HTTP/1.1 only, as far as anyone has seen.
    allowH2: false,
  })
}

export default fp(upstreamPlugin, { name: 'upstream', dependencies: ['ecr-auth'] })
