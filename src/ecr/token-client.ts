import { ECRClient, GetAuthorizationTokenCommand, type GetAuthorizationTokenCommandOutput } from '@aws-sdk/client-ecr'
import { CLOCK_DOUBT_MS, TOKEN_CALL_MS } from '../limits.ts'
import type { Upstream } from './host.ts'
import { boundedClient, type SdkCalls } from '../aws/sdk-calls.ts'
import type { IssuedToken } from './token-source.ts'

/** ECR answered, but with nothing that can be used as a token. */
export class UnusableTokenError extends Error {
  override readonly name = 'UnusableTokenError'
}

/**
 * The ECR API client that an upstream's host form implies: its region, and its FIPS or dual-stack endpoint. Credentials
 * and endpoint overrides come from the SDK's default chain and variables.
 */
export function createEcrClient(upstream: Upstream): ECRClient {
  const client = new ECRClient({
    ...boundedClient(TOKEN_CALL_MS),
    region: upstream.region,
    useFipsEndpoint: upstream.fips,
    useDualstackEndpoint: upstream.dualStack,
  })
  // The SDK refuses a named endpoint (AWS_ENDPOINT_URL_ECR) together with FIPS or dual stack; here the named one wins.
  const { endpointProvider } = client.config
  client.config.endpointProvider = (parameters, context) =>
    endpointProvider(parameters.Endpoint === undefined ? parameters : withoutForms(parameters), context)
  return client
}

function withoutForms<T extends object>(parameters: T): T {
  return { ...parameters, UseFIPS: false, UseDualStack: false }
}

/** What GetAuthorizationToken answers, as far as anyone here wants to know. */
export interface AuthorizationData extends IssuedToken {
  /** The registry of the caller's own account, as an URL. */
  proxyEndpoint: string | undefined
}

/** Calls GetAuthorizationToken once, in bounded time. */
export async function issueToken(calls: SdkCalls<ECRClient>): Promise<AuthorizationData> {
  const abortSignal = AbortSignal.timeout(TOKEN_CALL_MS)
  return calls.run(abortSignal, async (client) => {
    const answer = await client.send(new GetAuthorizationTokenCommand({}), { abortSignal })
    return authorizationOf(answer, clockError(client.config.systemClockOffset))
  })
}

function authorizationOf(
  { authorizationData }: GetAuthorizationTokenCommandOutput,
  clockErrorMs: number,
): AuthorizationData {
  const data = authorizationData?.[0]
  if (data?.authorizationToken === undefined || data.expiresAt === undefined) {
    throw new UnusableTokenError('GetAuthorizationToken answered without a token')
  }
  if (!isHeaderValue(data.authorizationToken)) throw new UnusableTokenError('the token is not base64')
  const expiresAt = data.expiresAt.getTime()
  if (Number.isNaN(expiresAt)) throw new UnusableTokenError('the token has no time of expiry that a clock can show')
  const now = Date.now() + clockErrorMs
  return { value: data.authorizationToken, lifetimeMs: expiresAt - now, proxyEndpoint: data.proxyEndpoint }
}

/** Anything else would fail at each request instead of here. The SDK passes on what stands in the JSON, whatever its type says. */
function isHeaderValue(token: unknown): boolean {
  return typeof token === 'string' && /^[A-Za-z0-9+/=_-]+$/.test(token)
}

/**
 * What the SDK has learnt from the answer's Date about the local clock, so that a skewed host still sees the true
 * lifetime. Date has whole seconds: a right clock looks up to one wrong, and would make a token live that much too long.
 */
function clockError(offsetMs: number): number {
  return Math.abs(offsetMs) < CLOCK_DOUBT_MS ? 0 : offsetMs
}
