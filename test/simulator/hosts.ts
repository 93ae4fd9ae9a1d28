export interface HostForm {
  readonly host: string
  readonly account: string
  readonly region: string
  /** The form that GetAuthorizationToken's proxyEndpoint has, whatever form was asked for. */
  readonly canonical: string
  readonly layerHost: string
}

const ECR_HOST = /^(\d{12})\.dkr[.-]ecr(?:-fips)?\.([a-z0-9][a-z0-9-]*)\.([a-z0-9.-]+)$/

// Dual-stack names end differently; the canonical registry and the layer bucket live under the partition's own suffix.
const PARTITION_SUFFIX: Readonly<Record<string, string>> = {
  'on.aws': 'amazonaws.com',
  'on.amazonwebservices.com.cn': 'amazonaws.com.cn',
}

/** Account and region of a private ECR host; throws on anything else. */
export function parseRegistryHost(host: string): HostForm {
  const match = ECR_HOST.exec(host)
  const [, account, region, suffix] = match ?? []
  if (account === undefined || region === undefined || suffix === undefined) {
    throw new Error(`${host} is no private ECR registry host`)
  }
  const domain = PARTITION_SUFFIX[suffix] ?? suffix
  return {
    host,
    account,
    region,
    canonical: `${account}.dkr.ecr.${region}.${domain}`,
    layerHost: `prod-${region}-starport-layer-bucket.s3.${region}.${domain}`,
  }
}
