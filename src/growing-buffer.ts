/**
 * Bytes that come in pieces, in one buffer that doubles up to `most` bytes. Kept as they come, pieces of one byte would take
 * some 200 times their size.
 */
export class GrowingBuffer {
  readonly #most: number
  #buffer = Buffer.allocUnsafe(0)
  #length = 0

  constructor(most: number) {
    this.#most = most
  }

  get length(): number {
    return this.#length
  }

  /** Takes one more piece; false where all together would be more than `most`. */
  append(piece: Buffer): boolean {
    const length = this.#length + piece.length
    if (length > this.#most) return false
    if (length > this.#buffer.length) {
      const larger = Buffer.allocUnsafe(Math.min(this.#most, Math.max(2 * this.#buffer.length, length)))
      this.#buffer.copy(larger, 0, 0, this.#length)
      this.#buffer = larger
    }
    piece.copy(this.#buffer, this.#length)
    this.#length = length
    return true
  }

  /** All of it so far. */
  bytes(): Buffer {
    return this.#buffer.subarray(0, this.#length)
  }
}
