import { isIP } from 'node:net'
import { type Finding, ok, type Outcome, warn } from './finding.ts'
import { troubleOf } from './trouble.ts'

const NAME = 'name'

/** The host of REGISTRY, without its port and the brackets of IPv6. */
export function registryHostName(registry: string): string {
  return registry.replace(/:\d+$/, '').replace(/^\[|\]$/g, '')
}

/** Whether clients can find REGISTRY, as far as that can be seen from here. */
export function registryNameFinding(registry: string, outcome: Outcome<readonly string[]>): Finding {
  const name = registryHostName(registry)
  if ('error' in outcome) {
    // No failure: the name may be one that comes with the service, or that clients alone can resolve.
    return warn(
      NAME,
      `${name} does not resolve here (${troubleOf(outcome.error).code})`,
      `create a DNS record ${name} for the load balancer or this host, unless clients have a DNS of their own that knows it`,
    )
  }
  return ok(NAME, isIP(name) === 0 ? `${name} is ${outcome.value.join(', ')}` : `${name} is an address`)
}
