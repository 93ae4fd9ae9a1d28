import assert from 'node:assert/strict'
import { test } from 'node:test'
import { devToolsProfile } from '../../src/debug/cpuprofile.ts'
import { pprofOfCpu, pprofOfHeap } from '../../src/debug/pprof.ts'
import type { CpuProfile, HeapProfile } from '../../src/debug/profiler.ts'
import { SourceFrames } from '../../src/debug/source-frames.ts'
import { decoded } from './decoded.ts'

function frame(functionName: string, url = 'node:events', lineNumber = 0) {
  return { functionName, url, lineNumber, columnNumber: 0, scriptId: '1' }
}

test('CPU samples become stacks with how often they were seen and for how long, without idle time', async () => {
  const profile: CpuProfile = {
    nodes: [
      { id: 1, callFrame: frame('(root)', ''), children: [2, 4] },
      { id: 2, callFrame: frame('outer', 'node:events', 9), children: [3] },
      { id: 3, callFrame: frame('inner') },
      { id: 4, callFrame: frame('(idle)', '') },
    ],
    startTime: 0,
    endTime: 5_000_000,
    samples: [3, 3, 4, 2],
    timeDeltas: [100, 1000, 2000, 4000],
  }
  const { types, samples, period, durationMs } = decoded(await pprofOfCpu(profile, new SourceFrames()))
  assert.deepEqual(types, ['samples count', 'cpu nanoseconds'])
  assert.equal(period, 1_000_000)
  assert.equal(durationMs, 5000)
  const files = ['node:events', 'node:events']
  assert.deepEqual(samples, [
    { names: ['inner node:events', 'outer node:events'], files, lines: [1, 10], values: [2, 3_000_000] },
    // Nothing says how long the last one lasted.
    { names: ['outer node:events'], files: ['node:events'], lines: [10], values: [1, 0] },
  ])
})

test('a profile without a sample is one all the same', async () => {
  const profile: CpuProfile = { nodes: [{ id: 1, callFrame: frame('(root)', '') }], startTime: 0, endTime: 1 }
  assert.deepEqual(decoded(await pprofOfCpu(profile, new SourceFrames())).samples, [])
})

test('heap samples become stacks with their bytes', async () => {
  const node = (id: number, name: string, selfSize: number, children: HeapProfile['head'][] = []) => ({
    id,
    callFrame: frame(name),
    selfSize,
    children,
  })
  const head = { ...node(1, '', 0, [node(2, 'outer', 10, [node(3, 'inner', 20.4)])]), callFrame: frame('(root)', '') }
  const options = { what: 'inuse', windowMs: 1000, sampleBytes: 512 } as const
  const { types, samples, period } = decoded(await pprofOfHeap({ head }, new SourceFrames(), options))
  assert.deepEqual(types, ['inuse_space bytes'])
  assert.equal(period, 512)
  assert.deepEqual(
    samples.map(({ names, values }) => [names, values]),
    [
      [['outer node:events'], [10]],
      [['inner node:events', 'outer node:events'], [20]],
    ],
  )
})

test('frames are named by the TypeScript that they come from; what has none, by its JavaScript', () => {
  const frames = new SourceFrames()
  const ours = new URL('../../src/clock.js', import.meta.url)
  const mapped = frames.frameOf(frame('now', ours.href, 3))
  assert.equal(mapped.name, 'now src/clock.ts')
  assert.equal(mapped.file, 'src/clock.ts')
  assert.ok(mapped.line > 1)
  // The heap profiler has plain paths.
  assert.equal(frames.frameOf(frame('now', ours.pathname, 3)).file, 'src/clock.ts')
  assert.match(frames.frameOf(frame('', ours.href, 3)).name, /^\(anonymous\) src\/clock\.ts:\d+$/)
  const without = new URL('../../src/missing.js', import.meta.url).href
  assert.deepEqual(frames.frameOf(frame('f', without, 3)), {
    name: 'f dist/src/missing.js',
    file: 'dist/src/missing.js',
    line: 4,
  })
  const undici = new URL('../../../node_modules/undici/index.js', import.meta.url).href
  assert.equal(frames.frameOf(frame('get', undici)).name, 'get undici/index.js')
  assert.equal(frames.frameOf(frame('get', undici)).file, 'node_modules/undici/index.js')
  assert.deepEqual(frames.frameOf(frame('write', '', -1)), { name: 'write', file: '', line: 0 })
  assert.equal(frames.frameOf(frame('', '', -1)).name, '(anonymous)')
})

test('DevTools get the same places, without the ticks of lines of JavaScript', () => {
  const url = new URL('../../src/clock.js', import.meta.url).href
  const positionTicks = [{ line: 1, ticks: 1 }]
  const nodes = [{ id: 1, callFrame: frame('now', url, 3), hitCount: 1, positionTicks }]
  const shown = devToolsProfile({ nodes, startTime: 0, endTime: 1, samples: [1], timeDeltas: [1] }, new SourceFrames())
  const [node] = shown.nodes
  assert.equal(node?.callFrame.url, 'src/clock.ts')
  assert.equal(node?.callFrame.functionName, 'now')
  assert.ok(node !== undefined && !('positionTicks' in node))
  assert.deepEqual(shown.samples, [1])
})
