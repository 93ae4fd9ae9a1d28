import type { Client } from './client.ts'
import { buildah } from './clients/buildah.ts'
import { buildkit } from './clients/buildkit.ts'
import { crane, craneWithHelper } from './clients/crane.ts'
import { ctr, ctr2, ctrMirror } from './clients/ctr.ts'
import { dockerSdk } from './clients/docker-sdk.ts'
import { docker } from './clients/docker.ts'
import { helm } from './clients/helm.ts'
import { oras } from './clients/oras.ts'
import { podman } from './clients/podman.ts'
import { regctl } from './clients/regctl.ts'
import { skopeo } from './clients/skopeo.ts'
import { dockerContainerdStore, kaniko, nerdctl } from './clients/unavailable.ts'

/** The rows of the table. */
export const CLIENTS: readonly Client[] = [
  docker,
  dockerContainerdStore,
  dockerSdk,
  ctr,
  ctrMirror,
  ctr2,
  nerdctl,
  podman,
  buildah,
  skopeo,
  crane,
  craneWithHelper,
  regctl,
  oras,
  helm,
  buildkit,
  kaniko,
]
