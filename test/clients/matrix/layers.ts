import type { Repository } from '../../simulator/store.ts'

/** The layers of a manifest, those of no bytes left out; of an index those of all platforms, or of its first. */
export function layersOf(repository: Repository, digest: string, allPlatforms: boolean): string[] {
  const { manifests = [], layers = [] } = repository.manifests.get(digest)?.json ?? {}
  const children = allPlatforms ? manifests : manifests.slice(0, 1)
  return [
    ...layers.flatMap((layer) => (layer.digest === undefined || layer.size === 0 ? [] : [layer.digest])),
    ...children.flatMap((child) => layersOf(repository, child.digest ?? '', allPlatforms)),
  ]
}
