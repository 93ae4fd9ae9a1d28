import { readFile } from 'node:fs/promises'
import { blobsOf, digestOf, type Store } from '../simulator/store.ts'
import type { Random } from '../soak/random.ts'
import { imageManifest, MANIFEST_TYPE } from '../support/registry-client.ts'
import type { Acknowledged } from './visitor.ts'

const KIB = 1024
/** More than what the sockets and the proxy between them hold. */
const DIRECT_BYTES = 8 * KIB * KIB

/** Where the registry answers layers itself, so that they pass through the proxy. */
export const DIRECT = 'chaos/direct'
/** Where pushes go. */
export const PUSHED = 'chaos/pushed'
const PULLED = 'chaos/pulled'

interface Thing {
  repository: string
  digest: string
  content: Buffer
}

/** What is there to be pulled. */
export interface Seeded {
  manifest: Thing
  direct: Thing
  redirected: Thing
}

/** Puts an image and a big layer into the store, and a repository for pushes. */
export async function seed(store: Store, random: Random, directBytes = DIRECT_BYTES): Promise<Seeded> {
  const thing = async (repository: string, bytes: number): Promise<Thing> => {
    const content = random.bytes(bytes)
    return { repository, content, digest: await store.addBlob(repository, content) }
  }
  const redirected = await thing(PULLED, 60 * KIB)
  const content = Buffer.from(imageManifest(redirected.digest, [redirected.digest]))
  const digest = store.addManifest(PULLED, content, MANIFEST_TYPE, 'v1')
  store.createRepository(PUSHED)
  return { manifest: { repository: PULLED, digest, content }, direct: await thing(DIRECT, directBytes), redirected }
}

/** What of the acknowledged the store does not have, or has with other bytes; nothing may be among it. */
export async function lostOf(store: Store, acknowledged: readonly Acknowledged[]): Promise<Acknowledged[]> {
  const held = await Promise.all(acknowledged.map((each) => isHeld(store, each)))
  return acknowledged.filter((_each, i) => held[i] !== true)
}

async function isHeld(store: Store, { repository, digest, kind }: Acknowledged): Promise<boolean> {
  const holder = store.repositories.get(repository)
  if (holder === undefined) return false
  if (kind === 'blob') {
    const blob = store.blobIn(holder, digest)
    return blob !== undefined && digestOf(await readFile(blob.file)) === digest
  }
  const manifest = holder.manifests.get(digest)
  if (manifest === undefined || digestOf(manifest.body) !== digest) return false
  return blobsOf(manifest.json).every((blob) => holder.blobs.has(blob))
}
