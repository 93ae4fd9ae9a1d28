import { TRANSFER_BUFFER_MAX_BYTES, TRANSFER_BUFFER_MIN_BYTES, TRANSFER_BUFFERS_BYTES } from '../limits.ts'

/** Shares memory among the bodies under way, up and down: a bounded amount, as long as there are not so many that each has the least. */
export class TransferBuffers {
  #transfers = 0

  enter(): void {
    this.#transfers += 1
  }

  leave(): void {
    this.#transfers -= 1
  }

  /** What each body may have written and not yet sent before its sender is asked to wait, in bytes. */
  get share(): number {
    const share = TRANSFER_BUFFERS_BYTES / this.#transfers
    return Math.min(TRANSFER_BUFFER_MAX_BYTES, Math.max(TRANSFER_BUFFER_MIN_BYTES, share))
  }
}
