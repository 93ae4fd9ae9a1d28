import type { HostForm } from './hosts.ts'
import { parseRegistryHost } from './hosts.ts'

/** PEM texts for one listener. */
export interface TlsPair {
  readonly cert: string
  readonly key: string
}

export interface SimulatorOptions {
  account?: string
  region?: string
  /** Any ECR host form; account and region are read out of it. */
  registryHost?: string
  listenHost?: string
  registryPort?: number
  layerPort?: number
  apiPort?: number
  /** Origin in the 307's Location; default: the region's layer bucket with the layer listener's port. */
  layerOrigin?: string
  tls?: TlsPair
  layerTls?: TlsPair
  /** Where layers are kept; a directory of one's own is left alone on close. */
  directory?: string
  tokenLifetimeMs?: number
  /** As ECR with a repository creation template for CREATE_ON_PUSH. */
  createOnPush?: boolean
  behaviour?: Partial<Behaviour>
}

/** What ECR is known to vary in, or what a test wants it to. Everything may be changed while it runs. */
export interface Behaviour {
  /** `canonical` names A.dkr.ecr.R even when the client came by another form of the host. */
  location: 'absolute' | 'canonical' | 'relative'
  expiredToken: 401 | 403
  /** `eof` closes the connection without a byte, as seen in containers-roadmap#1970. */
  missingRepositoryOnPost: 'eof' | '404'
  mounting: boolean
  immutableTags: boolean
  connectionClose: boolean
  keepAliveTimeoutMs: number
  /** PATCH answers the first boundary for ever (containers-roadmap#2831). */
  rangeStuck: boolean
  emptySizesHeader: boolean
  uploadStatus: 404 | 204
  uploadDelete: 404 | 405 | 204
  /** False leaves the Location out of a PATCH's answer (buildah#2234). */
  patchLocation: boolean
  /** Names of repositories whose layers the registry answers itself, with 200, instead of redirecting. */
  directBlobs: ReadonlySet<string>
}

export const defaultBehaviour: Readonly<Behaviour> = {
  location: 'absolute',
  expiredToken: 403,
  missingRepositoryOnPost: 'eof',
  mounting: false,
  immutableTags: false,
  connectionClose: false,
  keepAliveTimeoutMs: 60_000,
  rangeStuck: true,
  emptySizesHeader: true,
  uploadStatus: 404,
  uploadDelete: 404,
  patchLocation: true,
  directBlobs: new Set(),
}

/** The registry's host from the options; throws when it is no ECR host. */
export function registryHostOf(options: SimulatorOptions): HostForm {
  const account = options.account ?? '123456789012'
  const region = options.region ?? 'us-east-1'
  return parseRegistryHost(options.registryHost ?? `${account}.dkr.ecr.${region}.amazonaws.com`)
}
