import assert from 'node:assert/strict'
import { setImmediate as turn } from 'node:timers/promises'
import { test } from 'node:test'
import { pprofOfCpu, pprofOfHeap } from '../../src/debug/pprof.ts'
import { Profiler } from '../../src/debug/profiler.ts'
import { SourceFrames } from '../../src/debug/source-frames.ts'
import { decoded } from './decoded.ts'

const WINDOW_MS = 300
const never = new AbortController().signal
const unheard = (): void => {}

/** Keeps the thread busy in short pieces until `work` settles. */
async function whileBusy<T>(work: Promise<T>): Promise<T> {
  const state = { over: false }
  const end = (): void => {
    state.over = true
  }
  work.then(end, end)
  while (!state.over) {
    burnTime()
    await turn()
  }
  return work
}

const kept: string[][] = []

function burnTime(): void {
  const words = Array.from({ length: 20_000 }, (_, i) => `word ${i}`)
  if (kept.length < 20) kept.push(words)
}

test('a CPU profile names the function that took the time, its file and its line', async () => {
  const profile = await whileBusy(new Profiler().cpu(WINDOW_MS, never, unheard))
  const { samples } = decoded(await pprofOfCpu(profile, new SourceFrames()))
  const one = samples.find(({ names }) => names.includes('burnTime test/debug/profiler.test.ts'))
  const at = one?.names.indexOf('burnTime test/debug/profiler.test.ts') ?? -1
  assert.equal(one?.files[at], 'test/debug/profiler.test.ts')
  assert.ok((one?.lines[at] ?? 0) > 25)
})

for (const [what, collected] of [
  ['inuse', false],
  ['alloc', true],
] as const) {
  test(`a heap profile (${what}) names who allocated`, async () => {
    kept.length = 0
    const profile = await whileBusy(new Profiler().heap(WINDOW_MS, never, unheard, collected))
    const options = { what, windowMs: WINDOW_MS, sampleBytes: 1024 }
    const { samples } = decoded(await pprofOfHeap(profile, new SourceFrames(), options))
    const ours = samples.filter(({ names }) => names.includes('burnTime test/debug/profiler.test.ts'))
    assert.ok(ours.some(({ values: [bytes = 0] }) => bytes > 100_000))
  })
}

test('two profiles at once are one too many, of whatever kind', async () => {
  const profiler = new Profiler()
  let begun = 0
  const first = profiler.cpu(WINDOW_MS, never, () => {
    begun += 1
  })
  assert.equal(begun, 1)
  const refusal = {
    name: 'DebugRefusal',
    status: 409,
    message: 'another profile is being taken; there is one at a time',
  }
  const begins = (): void => assert.fail('it is not taken')
  await assert.rejects(profiler.cpu(WINDOW_MS, never, begins), refusal)
  await assert.rejects(profiler.heap(WINDOW_MS, never, begins, true), refusal)
  assert.ok((await first).nodes.length > 0)
  assert.ok((await profiler.cpu(1, never, unheard)).nodes.length > 0)
})

test('an abort ends the window, and the next profile can be taken', async () => {
  const profiler = new Profiler()
  for (const take of [
    (signal: AbortSignal) => profiler.cpu(60_000, signal, unheard),
    (signal: AbortSignal) => profiler.heap(60_000, signal, unheard, false),
  ]) {
    const leaving = new AbortController()
    const profile = take(leaving.signal)
    await turn()
    leaving.abort()
    await assert.rejects(profile, { name: 'AbortError' })
  }
  assert.ok((await profiler.cpu(1, never, unheard)).nodes.length > 0)
})
