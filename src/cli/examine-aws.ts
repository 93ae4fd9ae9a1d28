import type { buildConnector } from 'undici'
import type { Config } from '../config/load.ts'
import type { ClockSample } from '../doctor/clock.ts'
import { credentialsFinding } from '../doctor/credentials.ts'
import type { Finding, Outcome } from '../doctor/finding.ts'
import { cloudWatchOf, type Destination, layerHostOf, reachabilityFinding, registryOf } from '../doctor/reachability.ts'
import { noRepositoryFinding, repositoryFinding } from '../doctor/repository.ts'
import { noTokenFinding, tokenFinding } from '../doctor/token.ts'
import { layerHostName } from '../ecr/partition.ts'
import { SdkCalls } from '../aws/sdk-calls.ts'
import { type AuthorizationData, createEcrClient, issueToken } from '../ecr/token-client.ts'
import { DOCTOR_CHECK_MS } from '../limits.ts'
import { outcomeWithin } from '../probes/outcome.ts'
import { type Question, type Reached, reach } from '../probes/reach.ts'
import { cloudWatchUrl, credentialsOf, watch } from '../probes/sdk.ts'
import type { TaggedRepository } from './arguments.ts'

/** What is to be asked of AWS, and by what. */
export interface AwsExamination {
  config: Config
  repository: TaggedRepository | undefined
  connector: buildConnector.connector
  now: () => number
  /** The variables that are set of those which announce a source of credentials. */
  announced: readonly string[]
}

/** What AWS, and the way to it, are like. */
export interface AwsFindings {
  credentials: Finding
  token: Finding
  clock: ClockSample[]
  destinations: Finding[]
  manifest: Finding[]
}

/** Manifests of all kinds, as clients ask for them. */
const ACCEPT = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ')

/** Asks AWS and what is on the way to it, all at once but for what needs the answer before. */
export async function examineAws(examination: AwsExamination): Promise<AwsFindings> {
  const [{ credentials, token, manifest, clock }, ...destinations] = await Promise.all([
    examineToken(examination),
    ...askedOf(examination.config).map((asked) => ofDestination(asked, examination.connector)),
  ])
  return {
    credentials,
    token,
    manifest,
    clock: [...clock, ...destinations.flatMap(({ sample }) => sample ?? [])],
    destinations: destinations.map(({ finding }) => finding),
  }
}

async function examineToken({ config, repository, connector, now, announced }: AwsExamination) {
  const { upstream } = config
  const client = createEcrClient(upstream)
  const learnt = watch(client)
  try {
    const found = await outcomeWithin(DOCTOR_CHECK_MS, async () => credentialsOf(client))
    const issued =
      'error' in found
        ? undefined
        : await outcomeWithin(DOCTOR_CHECK_MS, async () => issueToken(new SdkCalls(() => client)))
    return {
      credentials: credentialsFinding(found, now(), announced),
      token: issued === undefined ? noTokenFinding() : tokenFinding(issued, upstream, learnt.host ?? 'the ECR API'),
      manifest: repository === undefined ? [] : [await ofRepository(repository, config, issued, connector)],
      clock: learnt.clock,
    }
  } finally {
    client.destroy()
  }
}

async function ofRepository(
  repository: TaggedRepository,
  { upstream }: Config,
  issued: Outcome<AuthorizationData> | undefined,
  connector: buildConnector.connector,
): Promise<Finding> {
  if (issued === undefined || 'error' in issued) return noRepositoryFinding()
  const { name, tag } = repository
  const question: Question = {
    url: new URL(`https://${upstream.host}/v2/${name}/manifests/${tag}`),
    method: 'HEAD',
    headers: { authorization: `Basic ${issued.value.value}`, accept: ACCEPT },
  }
  const outcome = await outcomeWithin(DOCTOR_CHECK_MS, async (signal) => reach(question, connector, signal))
  return repositoryFinding(repository, outcome, upstream)
}

interface Asked {
  destination: (host: string) => Destination
  /** Throws when the SDK cannot tell. */
  url: () => Promise<URL>
}

function askedOf({ upstream, metrics }: Config): Asked[] {
  const registry: Asked = {
    destination: () => registryOf(upstream),
    url: async () => new URL(`https://${upstream.host}/v2/`),
  }
  const layers: Asked = {
    destination: (host) => layerHostOf(host, upstream),
    url: async () => new URL(`https://${layerHostName(upstream)}/`),
  }
  if (metrics.to !== 'cloudwatch') return [registry, layers]
  const { region } = metrics
  return [
    registry,
    layers,
    { destination: (host) => cloudWatchOf(host, region), url: async () => cloudWatchUrl(region) },
  ]
}

async function ofDestination(
  { destination, url }: Asked,
  connector: buildConnector.connector,
): Promise<{ finding: Finding; sample: ClockSample | undefined }> {
  let host = 'its endpoint'
  let protocol: string | undefined
  const outcome: Outcome<Reached> = await outcomeWithin(DOCTOR_CHECK_MS, async (signal) => {
    const to = await url()
    host = to.host
    protocol = to.protocol
    return reach({ url: to, method: 'GET' }, connector, signal)
  })
  const sample = 'value' in outcome ? outcome.value.clock : undefined
  return { finding: reachabilityFinding(destination(host), outcome, protocol), sample }
}
