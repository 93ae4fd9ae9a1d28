import type { Upstream } from '../ecr/host.ts'
import { endpointPrefix } from '../ecr/partition.ts'
import { type Finding, fail, type Outcome, ok, warn } from './finding.ts'
import { troubleOf } from './trouble.ts'

/** Something that the proxy or its clients talk to, and how a way to it is made. */
export interface Destination {
  name: string
  host: string
  /** Without it nothing works; with `warn`, the proxy does. */
  status: 'warn' | 'fail'
  way: string
  /** Statuses that its own answer to an unsigned request has; any, when there are none. */
  statuses: readonly number[]
}

/** The upstream: without a token its answer is 401. */
export function registryOf(upstream: Upstream): Destination {
  const { host } = upstream
  const way = `the proxy needs a route to ${host} on port 443: a NAT gateway, or the VPC endpoints ${endpointPrefix(upstream)}.ecr.dkr and .ecr.api with private DNS, whose security group lets it in`
  return { name: 'registry', host, status: 'fail', way, statuses: [200, 401] }
}

/** Where ECR sends clients for layers. The proxy itself never goes there, and its own route says only what theirs may be. */
export function layerHostOf(host: string, { region }: Upstream): Destination {
  const way = `clients need a route to ${host} on port 443: a NAT gateway, or the S3 gateway endpoint com.amazonaws.${region}.s3; the proxy needs none, so this matters where clients have the same network`
  return { name: 'layer host', host, status: 'warn', way, statuses: [] }
}

export function cloudWatchOf(host: string, region: string): Destination {
  const way = `the proxy needs a route to ${host}: a NAT gateway, or the VPC endpoint ${endpointPrefix({ host, region })}.monitoring; or set METRICS to emf or off`
  return { name: 'CloudWatch', host, status: 'fail', way, statuses: [] }
}

/** Whether a destination answers, and over TLS that is verified; `protocol` is that of the URL which was asked. */
export function reachabilityFinding(
  destination: Destination,
  outcome: Outcome<{ status: number }>,
  protocol = 'https:',
): Finding {
  const { name, host, status, way, statuses } = destination
  const wrong = status === 'fail' ? fail : warn
  if ('error' in outcome) {
    const { kind, code } = troubleOf(outcome.error)
    if (kind === 'name')
      return wrong(name, `${host} does not resolve (${code})`, `let the resolver here know the name; ${way}`)
    if (kind === 'tls') {
      const cure = `something between here and AWS ends TLS: take it out of the way, or, when it is meant to be there, have Node trust its authority by NODE_EXTRA_CA_CERTS`
      return wrong(name, `${host} has no certificate that can be verified (${code})`, cure)
    }
    return wrong(name, `${host} cannot be reached (${code})`, way)
  }
  const { value } = outcome
  if (statuses.length === 0 || statuses.includes(value.status)) {
    if (protocol === 'https:') return ok(name, `${host} answers, over verified TLS`)
    return warn(name, `${host} answers, without TLS`, 'look at the AWS_ENDPOINT_URL variables: https is expected there')
  }
  const cure = `an answer of ECR's own would be ${statuses.join(' or ')}; look for a proxy or a firewall between, or try again`
  return wrong(name, `${host} answers ${value.status}`, cure)
}
