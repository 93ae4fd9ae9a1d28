import { createHash } from 'node:crypto'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Presigner } from './presigned.ts'

export interface StoredBlob {
  readonly digest: string
  readonly size: number
  readonly file: string
  /** Where the layer host has it. */
  readonly objectPath: string
  readonly modifiedAt: number
}

export interface StoredManifest {
  readonly digest: string
  readonly mediaType: string
  readonly body: Buffer
  readonly json: ManifestJson
}

export interface Descriptor {
  readonly mediaType?: string
  readonly digest?: string
  readonly size?: number
  readonly urls?: readonly string[]
}

/** What is read of a manifest of any kind. */
export interface ManifestJson {
  readonly mediaType?: string
  readonly artifactType?: string
  readonly config?: Descriptor
  readonly layers?: readonly Descriptor[]
  readonly manifests?: readonly Descriptor[]
  readonly subject?: Descriptor
  readonly annotations?: Readonly<Record<string, string>>
}

export interface Repository {
  readonly name: string
  /** Digests; the bytes are shared between repositories. */
  readonly blobs: Set<string>
  readonly manifests: Map<string, StoredManifest>
  readonly tags: Map<string, string>
}

/** What the registry holds. Repositories and manifests in memory, layers on disk. */
export class Store {
  readonly repositories = new Map<string, Repository>()
  readonly blobs = new Map<string, StoredBlob>()
  readonly #directory: string
  readonly #account: string
  readonly #byObjectPath = new Map<string, StoredBlob>()

  constructor(directory: string, account: string) {
    this.#directory = directory
    this.#account = account
  }

  static async open(directory: string, account: string): Promise<Store> {
    await mkdir(join(directory, 'blobs'), { recursive: true })
    await mkdir(join(directory, 'uploads'), { recursive: true })
    return new Store(directory, account)
  }

  /** Every manifest of every repository. */
  get manifests(): StoredManifest[] {
    return [...this.repositories.values()].flatMap(({ manifests }) => Array.from(manifests.values()))
  }

  createRepository(name: string): Repository {
    const repository = this.repositories.get(name) ?? { name, blobs: new Set(), manifests: new Map(), tags: new Map() }
    this.repositories.set(name, repository)
    return repository
  }

  /** Takes a repository away, with the bytes that no other one has. */
  async deleteRepository(name: string): Promise<void> {
    const gone = this.repositories.get(name)?.blobs ?? new Set()
    this.repositories.delete(name)
    for (const digest of gone) {
      const blob = this.blobs.get(digest)
      if (blob === undefined || [...this.repositories.values()].some(({ blobs }) => blobs.has(digest))) continue
      this.blobs.delete(digest)
      this.#byObjectPath.delete(blob.objectPath)
      await rm(blob.file)
    }
  }

  uploadFile(id: string): string {
    return join(this.#directory, 'uploads', id)
  }

  blobIn(repository: Repository, digest: string): StoredBlob | undefined {
    return repository.blobs.has(digest) ? this.blobs.get(digest) : undefined
  }

  blobAt(objectPath: string): StoredBlob | undefined {
    return this.#byObjectPath.get(objectPath)
  }

  /** Takes `file`, whose digest has been verified, over into the store. */
  async adopt(repository: Repository, digest: string, file: string, size: number): Promise<StoredBlob> {
    const destination = join(this.#directory, 'blobs', digest.replace(':', '-'))
    await rename(file, destination)
    const objectPath = Presigner.newObjectPath(this.#account)
    const blob = this.blobs.get(digest) ?? { digest, size, file: destination, objectPath, modifiedAt: Date.now() }
    this.blobs.set(digest, blob)
    this.#byObjectPath.set(blob.objectPath, blob)
    repository.blobs.add(digest)
    return blob
  }

  /** Puts a blob where a test needs one; returns its digest. */
  async addBlob(repositoryName: string, content: string | Buffer): Promise<string> {
    const digest = digestOf(content)
    const file = this.uploadFile(`seed-${digest.slice(7)}-${repositoryName.replaceAll('/', '-')}`)
    await writeFile(file, content)
    await this.adopt(this.createRepository(repositoryName), digest, file, Buffer.byteLength(content))
    return digest
  }

  /** Puts a manifest where a test needs one, unchecked; returns its digest. */
  addManifest(repositoryName: string, body: string | Buffer, mediaType: string, tag?: string): string {
    const digest = digestOf(body)
    const repository = this.createRepository(repositoryName)
    const json: ManifestJson = JSON.parse(body.toString())
    repository.manifests.set(digest, { digest, mediaType, body: Buffer.from(body), json })
    if (tag !== undefined) repository.tags.set(tag, digest)
    return digest
  }
}

export function digestOf(content: string | Buffer): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`
}

/** The blobs that an image manifest needs in its repository; foreign layers are not among them. */
export function blobsOf(json: ManifestJson): string[] {
  const descriptors = [json.config, ...(json.layers ?? [])]
  return descriptors.flatMap((each) => (each?.digest === undefined || each.urls !== undefined ? [] : [each.digest]))
}

/** The manifests that an index needs in its repository. */
export function childrenOf(json: ManifestJson): string[] {
  return (json.manifests ?? []).flatMap(({ digest }) => (digest === undefined ? [] : [digest]))
}
