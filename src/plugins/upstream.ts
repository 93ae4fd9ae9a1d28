import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import type { buildConnector } from 'undici'
import type { Clock } from '../clock.ts'
import type { Upstream } from '../ecr/host.ts'
import { verifyingConnector } from '../upstream/connector.ts'
import { Forwarder } from '../upstream/forwarder.ts'
import { createSenders } from '../upstream/senders.ts'

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
  const senders = createSenders(upstream.host, options.connector ?? verifyingConnector())
  app.decorate('forwarder', new Forwarder({ upstream, senders, tokens: app.ecrTokens, clock, random }))
  app.addHook('onClose', async () => {
    await senders.destroy()
  })
}

export default fp(upstreamPlugin, { name: 'upstream', dependencies: ['ecr-auth'] })
