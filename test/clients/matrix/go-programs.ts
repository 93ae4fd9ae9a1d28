/** Where `make clientPrograms` puts what it builds; not in the repository. */
export const PROGRAMS_DIRECTORY = new URL('../../../../build/clients/', import.meta.url)

export interface GoProgram {
  /** The name of its file. */
  readonly name: string
  readonly module: string
  readonly version: string
  /** Of the package, inside the module. */
  readonly path: string
  /** Build tags that leave out what no task needs and takes a minute to compile. */
  readonly tags?: string
}

const STORE_ONLY = 'no_cri,no_tracing,no_btrfs,no_devmapper,no_zfs'

/** Clients that come as Go modules, each pinned. */
export const GO_PROGRAMS = [
  { name: 'crane', module: 'github.com/google/go-containerregistry', version: 'v0.22.1', path: 'cmd/crane' },
  { name: 'regctl', module: 'github.com/regclient/regclient', version: 'v0.11.7', path: 'cmd/regctl' },
  { name: 'helm', module: 'helm.sh/helm/v3', version: 'v3.22.0', path: 'cmd/helm' },
  { name: 'oras', module: 'oras.land/oras', version: 'v1.3.6', path: 'cmd/oras' },
  {
    name: 'docker-credential-ecr-login',
    module: 'github.com/awslabs/amazon-ecr-credential-helper/ecr-login',
    version: 'v0.12.0',
    path: 'cli/docker-credential-ecr-login',
  },
  // Debian's own is 1.6.
  {
    name: 'containerd2',
    module: 'github.com/containerd/containerd/v2',
    version: 'v2.4.2',
    path: 'cmd/containerd',
    tags: STORE_ONLY,
  },
  {
    name: 'ctr2',
    module: 'github.com/containerd/containerd/v2',
    version: 'v2.4.2',
    path: 'cmd/ctr',
    tags: STORE_ONLY,
  },
  { name: 'buildctl', module: 'github.com/moby/buildkit', version: 'v0.34.2', path: 'cmd/buildctl' },
  { name: 'buildkitd', module: 'github.com/moby/buildkit', version: 'v0.34.2', path: 'cmd/buildkitd' },
] as const satisfies readonly GoProgram[]

/** Of PyPI. */
export const PYTHON_PACKAGES = ['docker==7.2.0', 'requests==2.34.2', 'urllib3==2.8.0'] as const

export type GoProgramName = (typeof GO_PROGRAMS)[number]['name']
