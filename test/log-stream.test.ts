import assert from 'node:assert/strict'
import { PassThrough, Writable } from 'node:stream'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { LOG_QUEUE_BYTES } from '../src/limits.ts'
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

// A log driver that hung had the process keep all of its log, until it was out of memory.
test('of a log that nobody reads a bounded part is kept, and the first line after that says how much was lost', async () => {
  const writes: string[] = []
  const reader: { wake: (() => void) | undefined } = { wake: undefined }
  const out = new Writable({
    write: (chunk, _encoding, taken) => {
      writes.push(String(chunk))
      if (writes.length > 1) taken()
      else reader.wake = taken
    },
  })
  const batch = new TurnBatch(out)
  const say = (line: string): void => {
    batch.write(line)
    batch.flush()
  }
  const long = `${'x'.repeat(LOG_QUEUE_BYTES - 1)}\n`
  for (const line of [long, 'kept\n', 'lost\n', 'lost\n']) say(line)
  batch.write('lost\n')
  batch.write('lost\n')
  await turn()
  reader.wake?.()
  await turn()
  for (const line of ['one\n', 'two\n']) say(line)
  const [first, kept, loss = '{}', ...rest] = writes
  assert.deepEqual([first, kept, rest], [long, 'kept\n', ['one\n', 'two\n']])
  const { level, lines, msg }: { level?: number; lines?: number; msg?: string } = JSON.parse(loss)
  assert.deepEqual([level, lines, msg], [40, 4, 'lines of the log were lost, because nobody read it'])
})

// What waited for a slow reader was written in one writev, more than a pipe keeps whole: lines of several workers were torn.
test('what waited for its reader is written in no larger pieces than it would have been at once', async () => {
  const writes: number[] = []
  const reader: { wake: (() => void) | undefined } = { wake: undefined }
  const out = new Writable({
    write: (chunk: Buffer, _encoding, taken) => {
      writes.push(chunk.length)
      if (writes.length > 1) taken()
      else reader.wake = taken
    },
    writev: (chunks: { chunk: Buffer }[], taken) => {
      writes.push(chunks.reduce((sum, { chunk }) => sum + chunk.length, 0))
      taken()
    },
  })
  const batch = new TurnBatch(out, 10)
  for (let i = 0; i < 4; i++) batch.write('1234567\n')
  batch.flush()
  reader.wake?.()
  await turn()
  assert.deepEqual(writes, [8, 8, 8, 8])
})
