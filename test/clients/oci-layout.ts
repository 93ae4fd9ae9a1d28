import { createHash, randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { randomTar } from './random-tar.ts'

/** As in the OCI image specification. */
export interface Descriptor {
  readonly mediaType: string
  readonly digest: string
  readonly size: number
}

export interface ImageDescriptor extends Descriptor {
  readonly platform: { readonly os: string; readonly architecture: string }
}

export interface ArtifactOptions {
  readonly artifactType: string
  /** Its config; without one the empty object stands for it. */
  readonly config?: unknown
  /** Its only layer; without one the empty object stands for it, because ECR takes no manifest without a layer. */
  readonly payload?: Buffer
  readonly subject?: Descriptor
}

const OCI = 'application/vnd.oci.image'

/** Writes OCI images of random layers, blob by blob, into a directory in the OCI image layout. */
export class OciLayout {
  readonly directory: string

  constructor(directory: string) {
    this.directory = directory
  }

  /** An image with one layer for each size, in bytes before compression. */
  async addImage(architecture: string, sizes: readonly number[]): Promise<ImageDescriptor> {
    const layers: Descriptor[] = []
    const diffIds: string[] = []
    for (const [index, size] of sizes.entries()) {
      const uncompressed = digesting()
      // Stored, not compressed: random bytes do not shrink, and 200 MiB of trying is slow.
      const layer = [randomTar(`file${index}`, size), uncompressed.through, createGzip({ level: 0 })] as const
      layers.push(await this.#addBlob(`${OCI}.layer.v1.tar+gzip`, ...layer))
      diffIds.push(uncompressed.digest())
    }
    const platform = { os: 'linux', architecture }
    const config = { ...platform, config: {}, rootfs: { type: 'layers', diff_ids: diffIds } }
    return { ...(await this.#addManifest(config, layers)), platform }
  }

  /** An image whose only layer is a blob of no bytes; it can be moved, but not unpacked. */
  async addEmptyLayerImage(): Promise<Descriptor> {
    const layer = await this.#addBlob('application/octet-stream', Readable.from([]))
    return this.#addManifest({ os: 'linux', architecture: 'amd64', rootfs: { type: 'layers', diff_ids: [] } }, [layer])
  }

  /** What is no image: a manifest with a type of its own, and perhaps a subject, such as a signature has. */
  async addArtifact({ artifactType, config, payload, subject }: ArtifactOptions): Promise<Descriptor> {
    const mediaType = `${OCI}.manifest.v1+json`
    const empty = (): Promise<Descriptor> => this.#addJson('application/vnd.oci.empty.v1+json', {})
    const configDescriptor = config === undefined ? await empty() : await this.#addJson(artifactType, config)
    const layer = payload === undefined ? await empty() : await this.#addBlob(artifactType, Readable.from([payload]))
    // Nothing else makes two of them differ, and a test must not find the manifest of another.
    const annotations = { 'org.example.id': randomUUID() }
    const manifest = {
      schemaVersion: 2,
      mediaType,
      artifactType,
      config: configDescriptor,
      layers: [layer],
      annotations,
    }
    return this.#addJson(mediaType, subject === undefined ? manifest : { ...manifest, subject })
  }

  addIndex(manifests: readonly ImageDescriptor[]): Promise<Descriptor> {
    const mediaType = `${OCI}.index.v1+json`
    return this.#addJson(mediaType, { schemaVersion: 2, mediaType, manifests })
  }

  /** The name under which `skopeo` and `ctr images import` find it. */
  async tag(name: string, target: Descriptor): Promise<void> {
    const manifests = [{ ...target, annotations: { 'org.opencontainers.image.ref.name': name } }]
    await writeFile(join(this.directory, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests }))
    await writeFile(join(this.directory, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }))
  }

  async #addManifest(config: unknown, layers: readonly Descriptor[]): Promise<Descriptor> {
    const mediaType = `${OCI}.manifest.v1+json`
    const configDescriptor = await this.#addJson(`${OCI}.config.v1+json`, config)
    return this.#addJson(mediaType, { schemaVersion: 2, mediaType, config: configDescriptor, layers })
  }

  #addJson(mediaType: string, value: unknown): Promise<Descriptor> {
    return this.#addBlob(mediaType, Readable.from([Buffer.from(JSON.stringify(value))], { objectMode: false }))
  }

  async #addBlob(mediaType: string, source: Readable, ...through: Transform[]): Promise<Descriptor> {
    const blobs = join(this.directory, 'blobs/sha256')
    await mkdir(blobs, { recursive: true })
    const partial = join(this.directory, 'partial')
    const stored = digesting()
    await pipeline([source, ...through, stored.through, createWriteStream(partial)])
    const digest = stored.digest()
    await rename(partial, join(blobs, digest.slice('sha256:'.length)))
    return { mediaType, digest, size: stored.size() }
  }
}

function digesting(): { through: Transform; digest: () => string; size: () => number } {
  const hash = createHash('sha256')
  let bytes = 0
  const through = new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      hash.update(chunk)
      bytes += chunk.length
      done(null, chunk)
    },
  })
  let hex: string | undefined
  return { through, digest: () => `sha256:${(hex ??= hash.digest('hex'))}`, size: () => bytes }
}
