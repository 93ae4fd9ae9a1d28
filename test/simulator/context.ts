import type { HostForm } from './hosts.ts'
import type { Behaviour } from './options.ts'
import type { Cursors } from './paging.ts'
import type { Presigner } from './presigned.ts'
import type { Repository, Store } from './store.ts'
import type { TokenAuthority } from './tokens.ts'
import type { Upload } from './upload.ts'

/** What the registry's handlers share. */
export interface RegistryContext {
  readonly host: HostForm
  readonly store: Store
  readonly tokens: TokenAuthority
  readonly behaviour: Behaviour
  readonly presigner: Presigner
  readonly layerOrigin: string
  readonly cursors: Cursors
  readonly uploads: Map<string, Upload>
  readonly createOnPush: boolean
}

/** `path`, as Location and Link carry it. */
export function urlOf({ behaviour, host }: RegistryContext, path: string): string {
  switch (behaviour.location) {
    case 'absolute':
      return `https://${host.host}${path}`
    case 'canonical':
      return `https://${host.canonical}${path}`
    case 'relative':
      return path
    default:
      return behaviour.location satisfies never
  }
}

/** The repository that is pushed to; made on the spot where a creation template would. */
export function repositoryForPush({ store, createOnPush }: RegistryContext, name: string): Repository | undefined {
  return createOnPush ? store.createRepository(name) : store.repositories.get(name)
}
