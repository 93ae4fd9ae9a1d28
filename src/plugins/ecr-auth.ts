import type { ECRClient } from '@aws-sdk/client-ecr'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import type { Clock } from '../clock.ts'
import type { Upstream } from '../ecr/host.ts'
import { type IssuedToken, TokenSource } from '../ecr/token-source.ts'

declare module 'fastify' {
  interface FastifyInstance {
    ecrTokens: TokenSource
  }
}

export interface EcrAuthOptions {
  upstream: Upstream
  /** In place of the client that the upstream implies. */
  ecrClient: ECRClient | undefined
  clock: Clock
  random: () => number
}

/** Keeps the upstream's token: fetched before the first request asks for it, told in the log whenever that fails. */
async function ecrAuth(app: FastifyInstance, { upstream, ecrClient, clock, random }: EcrAuthOptions): Promise<void> {
  let client = ecrClient
  const issue = async (): Promise<IssuedToken> => {
    // The SDK takes a third of the start-up time to load, and nobody needs it before the listener is up.
    const { createEcrClient, issueToken } = await import('../ecr/token-client.ts')
    client ??= createEcrClient(upstream)
    return issueToken(client)
  }
  const tokens = new TokenSource({
    issue,
    clock,
    random,
    onRefresh: ({ lifetimeMs }) =>
      app.log.info({ upstream: upstream.host, lifetimeSeconds: Math.round(lifetimeMs / 1000) }, 'token obtained'),
    onFailure: (err, { validForMs, retryInMs }) => {
      const state = {
        err,
        upstream: upstream.host,
        tokenValidForMs: Math.round(validForMs),
        retryInMs: retryInMs === undefined ? undefined : Math.round(retryInMs),
      }
      if (validForMs > 0) app.log.warn(state, 'token refresh failed; the old token still serves')
      else app.log.error(state, 'token refresh failed; there is no valid token')
    },
  })
  app.decorate('ecrTokens', tokens)
  app.addHook('onListen', async () => {
    tokens.start()
  })
  app.addHook('onClose', async () => {
    tokens.close()
    client?.destroy()
  })
}

export default fp(ecrAuth, { name: 'ecr-auth' })
