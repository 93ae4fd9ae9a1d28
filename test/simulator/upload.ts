import type { Hash } from 'node:crypto'
import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'

const MIN_PART_BYTES = 5 * 1024 * 1024
const WRITE_BYTES = 256 * 1024

/** One layer on its way to disk, hashed as it comes. */
export class Upload {
  readonly id: string
  readonly repository: string
  readonly file: string
  readonly #hash: Hash = createHash('sha256')
  readonly #parts: number[] = []
  #size = 0
  #busy = false

  constructor(id: string, repository: string, file: string) {
    this.id = id
    this.repository = repository
    this.file = file
  }

  get size(): number {
    return this.#size
  }

  /** A request is still writing to it. */
  get busy(): boolean {
    return this.#busy
  }

  /** The last byte of the first part, which is where ECR's Range stays. */
  get firstBoundary(): number {
    return (this.#parts[0] ?? 0) - 1
  }

  /** Every part but the last has to have 5 MiB; ECR tells at the end only. */
  get hasSmallMiddlePart(): boolean {
    return this.#parts.slice(0, -1).some((bytes) => bytes < MIN_PART_BYTES)
  }

  digest(): string {
    return `sha256:${this.#hash.copy().digest('hex')}`
  }

  /** Appends one request's body as one part. What came before the connection broke stays, so that a replay shows. */
  async append(body: AsyncIterable<Buffer>): Promise<void> {
    this.#busy = true
    const handle = await open(this.file, 'a')
    const sizeBefore = this.#size
    let pending: Buffer[] = []
    let pendingBytes = 0
    const flush = async (): Promise<void> => {
      const chunk = Buffer.concat(pending)
      pending = []
      pendingBytes = 0
      await handle.appendFile(chunk)
      this.#hash.update(chunk)
      this.#size += chunk.length
    }
    try {
      for await (const chunk of body) {
        pending.push(chunk)
        pendingBytes += chunk.length
        if (pendingBytes >= WRITE_BYTES) await flush()
      }
    } finally {
      await flush()
      await handle.close()
      if (this.#size > sizeBefore) this.#parts.push(this.#size - sizeBefore)
      this.#busy = false
    }
  }
}
