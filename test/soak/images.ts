import { MANIFEST_TYPE, imageManifest } from '../support/registry-client.ts'
import { digestOf, type Store } from '../simulator/store.ts'
import type { Random } from './random.ts'

/** Of every image. */
export const TAGS: readonly string[] = ['v1', 'v2', 'v3', 'v4', 'v5', 'v6', 'v7']

const KIB = 1024
const MIB = 1024 * KIB

/** An image that is there from the start. */
export interface Image {
  repository: string
  digest: string
  manifest: Buffer
  /** Config and layers, by digest. */
  blobs: ReadonlyMap<string, number>
}

export interface Images {
  pulled: readonly Image[]
  /** In a repository whose layers the registry answers itself. */
  direct: Image
  /** Its one big layer is longer than the buffers between two sockets. */
  big: Image
}

/** Puts images into the store, so that pulls have something from the first second on. */
export async function seedImages(store: Store, random: Random): Promise<Images> {
  const pulled = await Promise.all(
    Array.from({ length: 6 }, (_, i) =>
      seed(store, random, `soak/app-${i}`, [random.between(1, 300 * KIB), 40 * KIB, 900]),
    ),
  )
  return {
    pulled,
    direct: await seed(store, random, 'soak/direct', [random.between(1, MIB), 70 * KIB]),
    big: await seed(store, random, 'soak/big', [12 * MIB]),
  }
}

async function seed(store: Store, random: Random, repository: string, sizes: number[]): Promise<Image> {
  const contents: Buffer[] = [Buffer.from(JSON.stringify({ architecture: 'amd64', os: 'linux', of: repository }))]
  for (const size of sizes) contents.push(random.bytes(size))
  const blobs = new Map<string, number>()
  for (const content of contents) blobs.set(await store.addBlob(repository, content), content.length)
  const [config = '', ...layers] = blobs.keys()
  const manifest = Buffer.from(imageManifest(config, layers))
  for (const tag of TAGS) store.addManifest(repository, manifest, MANIFEST_TYPE, tag)
  return { repository, digest: digestOf(manifest), manifest, blobs }
}
