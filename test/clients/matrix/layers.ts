import type { Repository } from '../../simulator/store.ts'

/** Stands for nothing (image-spec, manifest.md), and is the same everywhere: who has it from another image asks for it no more. */
const EMPTY = 'application/vnd.oci.empty.v1+json'

/** The layers of a manifest, those that every client may have left out; of an index those of all platforms, or of its first. */
export function layersOf(repository: Repository, digest: string, allPlatforms: boolean): string[] {
  const { manifests = [], layers = [] } = repository.manifests.get(digest)?.json ?? {}
  const children = allPlatforms ? manifests : manifests.slice(0, 1)
  return [
    ...layers.flatMap((layer) =>
      layer.digest === undefined || layer.size === 0 || layer.mediaType === EMPTY ? [] : [layer.digest],
    ),
    ...children.flatMap((child) => layersOf(repository, child.digest ?? '', allPlatforms)),
  ]
}
