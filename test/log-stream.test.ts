import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { TurnBatch } from '../src/log-stream.ts'

function writesOf(out: PassThrough): string[] {
  const writes: string[] = []
  out.on('data', (chunk: Buffer) => writes.push(chunk.toString()))
  return writes
}

test('the lines of one turn are one write', async () => {
  const out = new PassThrough()
  const writes = writesOf(out)
  const batch = new TurnBatch(out)
  batch.write('one\n')
  batch.write('two\n')
  await turn()
  batch.write('three\n')
  batch.flush()
  await turn()
  assert.deepEqual(writes, ['one\ntwo\n', 'three\n'])
})

// Several processes share one pipe, and only small writes to it are kept whole.
test('no write is larger than allowed, in bytes, unless a line is; and every line is whole', async () => {
  const out = new PassThrough()
  const writes = writesOf(out)
  const batch = new TurnBatch(out, 10)
  for (const line of ['1234\n', '6789\n', 'äöü\n', '12345\n', 'a line that is too long\n', 'x\n']) batch.write(line)
  await turn()
  assert.deepEqual(writes, ['1234\n6789\n', 'äöü\n', '12345\n', 'a line that is too long\n', 'x\n'])
})
