import { UPLOAD_BUFFER_MAX_BYTES, UPLOAD_BUFFER_MIN_BYTES, UPLOAD_BUFFERS_BYTES } from '../limits.ts'

/** Shares a bounded amount of memory among the uploads under way. */
export class UploadBuffers {
  #uploads = 0

  enter(): void {
    this.#uploads += 1
  }

  leave(): void {
    this.#uploads -= 1
  }

  /** What each of the uploads may have written and not yet sent before its client is asked to wait, in bytes. */
  get share(): number {
    const share = UPLOAD_BUFFERS_BYTES / this.#uploads
    return Math.min(UPLOAD_BUFFER_MAX_BYTES, Math.max(UPLOAD_BUFFER_MIN_BYTES, share))
  }
}
