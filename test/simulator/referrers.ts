import type { RegistryContext } from './context.ts'
import type { Answer, Exchange } from './exchange.ts'
import { nameUnknown } from './registry-errors.ts'
import type { StoredManifest } from './store.ts'

const INDEX_TYPE = 'application/vnd.oci.image.index.v1+json'

/** What in this repository has `digest` as its subject, as an OCI index; empty when nothing has. */
export function referrersAnswer(exchange: Exchange, name: string, digest: string, context: RegistryContext): Answer {
  const repository = context.store.repositories.get(name)
  if (repository === undefined) return nameUnknown(name, context.host.account)
  const wanted = exchange.query.get('artifactType')
  const manifests = [...repository.manifests.values()]
    .filter(({ json }) => json.subject?.digest === digest)
    .map((manifest) => descriptorOf(manifest))
    .filter(({ artifactType }) => wanted === null || artifactType === wanted)
  return {
    status: 200,
    headers: { 'Content-Type': INDEX_TYPE, ...(wanted === null ? {} : { 'OCI-Filters-Applied': 'artifactType' }) },
    body: JSON.stringify({ schemaVersion: 2, mediaType: INDEX_TYPE, manifests }),
  }
}

function descriptorOf({ mediaType, digest, body, json }: StoredManifest) {
  return {
    mediaType,
    digest,
    size: body.length,
    artifactType: json.artifactType ?? json.config?.mediaType,
    annotations: json.annotations,
  }
}
