import { randomBytes } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

export const MIB = 1024 * 1024
const BLOCK = 512

/** A tar archive with one file of so many random bytes: a layer that no client can compress or know already. */
export function randomTar(name: string, bytes: number): Readable {
  return Readable.from(tarChunks(name, bytes), { objectMode: false })
}

/** A file of so many random bytes. */
export async function writeRandomFile(path: string, bytes: number): Promise<void> {
  await pipeline(Readable.from(randomChunks(bytes), { objectMode: false }), createWriteStream(path))
}

function* tarChunks(name: string, bytes: number): Generator<Buffer> {
  yield header(name, bytes)
  yield* randomChunks(bytes)
  const padding = (BLOCK - (bytes % BLOCK)) % BLOCK
  yield Buffer.alloc(padding + 2 * BLOCK)
}

function* randomChunks(bytes: number): Generator<Buffer> {
  for (let left = bytes; left > 0; left -= MIB) yield randomBytes(Math.min(left, MIB))
}

// The ustar header of POSIX.1-2017, pax, "ustar Interchange Format"; 11 octal digits hold less than 8 GiB.
function header(name: string, bytes: number): Buffer {
  const block = Buffer.alloc(BLOCK)
  block.write(name, 0, 100)
  block.write('0000644\0', 100)
  block.write('0000000\0', 108)
  block.write('0000000\0', 116)
  block.write(`${bytes.toString(8).padStart(11, '0')}\0`, 124)
  block.write(`${'0'.repeat(11)}\0`, 136)
  block.write(' '.repeat(8), 148)
  block.write('0', 156)
  block.write('ustar\u000000', 257)
  let sum = 0
  for (const byte of block) sum += byte
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return block
}
