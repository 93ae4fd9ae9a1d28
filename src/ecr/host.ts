/** One ECR registry, as its host name describes it. */
export interface Upstream {
  /** The host name, lower case. */
  host: string
  account: string
  region: string
  fips: boolean
  dualStack: boolean
}

// The forms of amazon-ecr-credential-helper v0.12.0, by partition: aws, aws-cn, aws-eusc, aws-iso-b, aws-iso, aws-iso-e, aws-iso-f.
const IPV4_SUFFIX = String.raw`amazonaws\.com(?:\.cn)?|amazonaws\.eu|sc2s\.sgov\.gov|c2s\.ic\.gov|cloud\.adc-e\.uk|csp\.hci\.ic\.gov`
// Dual-stack names have `dkr-ecr` with a dash.
const DUAL_STACK_SUFFIX = String.raw`on\.aws|on\.amazonwebservices\.com\.cn`
const ECR_HOST = new RegExp(
  String.raw`^(\d{12})\.(?:dkr\.ecr(-fips)?\.([a-z0-9][a-z0-9-]*)\.(?:${IPV4_SUFFIX})|dkr-ecr(-fips)?\.([a-z0-9][a-z0-9-]*)\.(?:${DUAL_STACK_SUFFIX}))$`,
)

/** Reads a host name (no scheme, no port) as a private ECR registry; undefined when it is none. Anchored at both ends. */
export function parseEcrHost(host: string): Upstream | undefined {
  const lower = host.toLowerCase()
  const match = ECR_HOST.exec(lower)
  if (match === null) return undefined
  const [, account = '', fips, region, dualFips, dualRegion] = match
  return {
    host: lower,
    account,
    region: region ?? dualRegion ?? '',
    fips: fips !== undefined || dualFips !== undefined,
    dualStack: dualRegion !== undefined,
  }
}

/**
 * Whether a host name is one of the upstream's: the configured one, or another form of the same account and region,
 * since ECR may answer with its canonical name whatever it was asked by.
 */
export function isSameRegistry(host: string, upstream: Upstream): boolean {
  if (host === upstream.host) return true
  const other = parseEcrHost(host)
  return other !== undefined && other.account === upstream.account && other.region === upstream.region
}
