import { parseEcrHost, type Upstream } from '../ecr/host.ts'
import { endpointPrefix } from '../ecr/partition.ts'
import { awsRefusal } from './aws-refusal.ts'
import { type Finding, fail, type Outcome, ok, warn } from './finding.ts'
import { troubleOf } from './trouble.ts'

/** What may be shown of a token. */
export interface ShownToken {
  lifetimeMs: number
  /** The registry that GetAuthorizationToken names; its account is that of the credentials. */
  proxyEndpoint: string | undefined
}

const NAME = 'token'
const HOUR_MS = 3_600_000

/** Asking needs credentials. */
export function noTokenFinding(): Finding {
  return fail(NAME, 'not asked for, because there are no credentials', 'first see to the credentials')
}

/** Whether ECR gives a token, and for which registry. `apiHost` is where it was asked for. */
export function tokenFinding(outcome: Outcome<ShownToken>, upstream: Upstream, apiHost: string): Finding {
  if ('error' in outcome) return refused(outcome.error, upstream, apiHost)
  const { lifetimeMs, proxyEndpoint } = outcome.value
  const lifetime = `valid for ${Math.round((lifetimeMs / HOUR_MS) * 10) / 10} h`
  const registry = proxyEndpoint === undefined ? undefined : parseEcrHost(proxyEndpoint.replace(/^https:\/\//, ''))
  if (registry === undefined) {
    return warn(
      NAME,
      `${lifetime}; of which account and region is not told`,
      `ask ECR itself: ${apiHost} answers in a way that ECR does not`,
    )
  }
  if (registry.region !== upstream.region) {
    return fail(
      NAME,
      `is one of ${registry.region}, and ECR_REGISTRY is in ${upstream.region}, which refuses it`,
      `set AWS_ENDPOINT_URL_ECR to an endpoint of ${upstream.region}, or unset it`,
    )
  }
  if (registry.account !== upstream.account) {
    return warn(
      NAME,
      `${lifetime}; the credentials are of account ${registry.account}, and ECR_REGISTRY is of ${upstream.account}`,
      `use credentials of ${upstream.account}, or let each repository’s policy there allow ${registry.account}`,
    )
  }
  return ok(NAME, `${lifetime}, of account ${registry.account}, which is ECR_REGISTRY’s`)
}

function refused(error: unknown, upstream: Upstream, apiHost: string): Finding {
  const refusal = awsRefusal(error, upstream)
  if (refusal !== undefined) return fail(NAME, refusal.text, refusal.cure)
  const { kind, code } = troubleOf(error)
  if (kind === 'tls') {
    return fail(
      NAME,
      `${apiHost} has no certificate that can be verified (${code})`,
      'have Node trust the authority of what ends TLS in between, by NODE_EXTRA_CA_CERTS',
    )
  }
  const what = kind === 'name' ? 'does not resolve' : 'gives none'
  return fail(
    NAME,
    `${apiHost} ${what} (${code})`,
    `the proxy needs a route to it: a NAT gateway, or the VPC endpoint ${endpointPrefix(upstream)}.ecr.api; check AWS_ENDPOINT_URL_ECR if it is set`,
  )
}
