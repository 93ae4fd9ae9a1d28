/** Where metrics go, and why there. */
export type MetricsChoice =
  | { to: 'cloudwatch'; region: string; reason: string }
  | { to: 'emf'; reason: string }
  | { to: 'off'; reason: string }

/** Set in every container that ECS starts. */
const ON_ECS = 'ECS_CONTAINER_METADATA_URI_V4'

/** What METRICS means in this environment; undefined where it asks for CloudWatch and no REGION says of which region. */
export function metricsChoice(set: Record<string, string | undefined>): MetricsChoice | undefined {
  const { METRICS: asked, REGION: region } = set
  if (asked === undefined) {
    if (region !== undefined) return { to: 'cloudwatch', region, reason: 'REGION is set' }
    return set[ON_ECS] === undefined
      ? { to: 'off', reason: 'neither METRICS nor REGION is set, and this is not ECS' }
      : { to: 'emf', reason: 'this is ECS, and REGION is not set' }
  }
  const reason = `METRICS=${asked}`
  if (asked !== 'cloudwatch') return { to: asked === 'emf' ? 'emf' : 'off', reason }
  return region === undefined ? undefined : { to: 'cloudwatch', region, reason }
}
