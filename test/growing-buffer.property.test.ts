import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { GrowingBuffer } from '../src/growing-buffer.ts'
import { property } from './fuzz/property.ts'

property(
  'pieces come out as they went in, as long as they are not too many bytes together',
  fc.property(fc.array(fc.uint8Array({ maxLength: 40 })), fc.integer({ min: 0, max: 300 }), (pieces, most) => {
    const held = new GrowingBuffer(most)
    const taken: Uint8Array[] = []
    for (const piece of pieces) {
      const fits = held.length + piece.length <= most
      assert.equal(held.append(Buffer.from(piece)), fits)
      if (fits) taken.push(piece)
      assert.deepEqual(held.bytes(), Buffer.concat(taken))
      assert.equal(held.length, held.bytes().length)
    }
  }),
)

// A manifest in pieces of one byte took some 200 times its size: 4 MiB of it ended the process.
test('no piece is kept, and what is kept is at most twice as large as all of them', () => {
  const held = new GrowingBuffer(1_000_000)
  const piece = Buffer.from('x')
  for (let i = 0; i < 70_000; i++) held.append(piece)
  piece.fill('y')
  const bytes = held.bytes()
  assert.equal(bytes.indexOf('y'), -1)
  assert.ok(bytes.buffer.byteLength <= 140_000, `${bytes.buffer.byteLength} bytes`)
})
