import type { Upstream } from './host.ts'

/** A part of AWS with names of its own. */
export interface Partition {
  /** As in an ARN. */
  name: string
  /** What the names of its hosts end with. */
  suffix: string
}

const PARTITIONS: readonly Partition[] = [
  { name: 'aws-cn', suffix: 'amazonaws.com.cn' },
  { name: 'aws-eusc', suffix: 'amazonaws.eu' },
  { name: 'aws-iso-b', suffix: 'sc2s.sgov.gov' },
  { name: 'aws-iso', suffix: 'c2s.ic.gov' },
  { name: 'aws-iso-e', suffix: 'cloud.adc-e.uk' },
  { name: 'aws-iso-f', suffix: 'csp.hci.ic.gov' },
  // Of dual-stack names; the other names of the partition end as above.
  { name: 'aws-cn', suffix: 'on.amazonwebservices.com.cn' },
]

/** A host of AWS's, in a region. */
export type Place = Pick<Upstream, 'host' | 'region'>

/** The partition that a host is in. */
export function partitionOf({ host, region }: Place): Partition {
  const named = PARTITIONS.find(({ suffix }) => host.endsWith(`.${suffix}`))?.name
  const name = named ?? (region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws')
  return PARTITIONS.find((each) => each.name === name) ?? { name, suffix: 'amazonaws.com' }
}

/** What the names of the VPC endpoints of a region begin with, but for those of S3: the partition's domain backwards. */
export function endpointPrefix(place: Place): string {
  return `${partitionOf(place).suffix.split('.').toReversed().join('.')}.${place.region}`
}

/** The S3 host that ECR sends clients to for layers. */
export function layerHostName(upstream: Upstream): string {
  const { region } = upstream
  return `prod-${region}-starport-layer-bucket.s3.${region}.${partitionOf(upstream).suffix}`
}
