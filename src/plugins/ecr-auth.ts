import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { createTokenSource, type TokenSourceOptions } from '../ecr/create-token-source.ts'
import type { TokenSource } from '../ecr/token-source.ts'

declare module 'fastify' {
  interface FastifyInstance {
    ecrTokens: TokenSource
  }
}

export interface EcrAuthOptions extends Omit<TokenSourceOptions, 'log' | 'onRefresh' | 'onFailure'> {
  /** In place of a source of this app's own. */
  tokens: TokenSource | undefined
}

/** Keeps the upstream's token: fetched before the first request asks for it, with a line in the log whenever that fails. */
async function ecrAuth(app: FastifyInstance, options: EcrAuthOptions): Promise<void> {
  const { metrics, log } = app
  const onRefresh = (): void => metrics.tokenRefreshed()
  const onFailure = (): void => metrics.tokenRefreshFailed()
  const tokens = options.tokens ?? createTokenSource({ ...options, log, onRefresh, onFailure })
  app.decorate('ecrTokens', tokens)
  app.addHook('onListen', async () => {
    tokens.start()
  })
  app.addHook('onClose', async () => {
    tokens.close()
  })
}

export default fp(ecrAuth, { name: 'ecr-auth', dependencies: ['metrics'] })
