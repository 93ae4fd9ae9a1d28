import type { ECRClient } from '@aws-sdk/client-ecr'
import type { Clock } from '../clock.ts'
import { EcrTokenSource } from './ecr-token-source.ts'
import type { Upstream } from './host.ts'
import { SdkCalls } from '../aws/sdk-calls.ts'
import type { Log } from '../log.ts'
import type { IssuedToken, Token, TokenSource } from './token-source.ts'

export interface TokenSourceOptions {
  upstream: Upstream
  /** In place of the client that the upstream implies. */
  makeEcrClient: (() => ECRClient) | undefined
  clock: Clock
  /** From 0 to 1, for jitter. */
  random: () => number
  log: Log
  /** Called besides the log. */
  onRefresh?: (token: Token) => void
  onFailure?: (error: unknown) => void
}

/** The upstream's token source: it logs what becomes of the token, and closes its ECR client with itself. */
export function createTokenSource(options: TokenSourceOptions): TokenSource {
  const { upstream, clock, random, log } = options
  let calls: SdkCalls<ECRClient> | undefined
  const issue = async (): Promise<IssuedToken> => {
    // The SDK takes a third of the start-up time to load, and nobody needs it before the listener is up.
    const { createEcrClient, issueToken } = await import('./token-client.ts')
    calls ??= new SdkCalls(options.makeEcrClient ?? (() => createEcrClient(upstream)), clock)
    return issueToken(calls)
  }
  return new EcrTokenSource({
    issue,
    clock,
    random,
    onRefresh: (token) => {
      log.info({ upstream: upstream.host, lifetimeSeconds: Math.round(token.lifetimeMs / 1000) }, 'token obtained')
      options.onRefresh?.(token)
    },
    onFailure: (err, { validForMs, retryInMs }) => {
      const state = {
        err,
        upstream: upstream.host,
        tokenValidForMs: Math.round(validForMs),
        retryInMs: retryInMs === undefined ? undefined : Math.round(retryInMs),
      }
      if (validForMs > 0) log.warn(state, 'token refresh failed; the old token still serves')
      else log.error(state, 'token refresh failed; there is no valid token')
      options.onFailure?.(err)
    },
    onClose: () => calls?.close(),
  })
}
