import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { autoWorkers, quotaOf, workerCount } from '../../src/workers/count.ts'

for (const [cpuMax, cores] of [
  ['200000 100000\n', 2],
  ['150000 100000', 1.5],
  ['5000 10000', 0.5],
  ['max 100000\n', undefined],
  ['0 100000', undefined],
  ['100000 0', undefined],
  ['-100000 100000', undefined],
  ['100000', undefined],
  ['lots', undefined],
  ['', undefined],
] as const) {
  test(`a cpu.max of ${JSON.stringify(cpuMax)} gives ${cores ?? 'no quota'}`, () => {
    assert.equal(quotaOf(cpuMax), cores)
  })
}

for (const [cpuMax, cores, workers] of [
  ['200000 100000', 8, 2],
  ['150000 100000', 8, 2],
  ['10000 100000', 8, 1],
  ['900000 100000', 4, 4],
  ['max 100000', 4, 4],
  ['lots', 4, 4],
  [undefined, 4, 4],
  [undefined, 128, 64],
] as const) {
  test(`auto with ${cpuMax ?? 'no cpu.max'} on ${cores} cores is ${workers}`, () => {
    assert.equal(autoWorkers(cpuMax, cores), workers)
  })
}

test('a number is taken as it is', () => {
  assert.equal(workerCount(64), 64)
})

test('auto reads the quota from its file, and counts the cores without one', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'cpu-max-'))
  t.after(() => rm(directory, { recursive: true }))
  const file = join(directory, 'cpu.max')
  await writeFile(file, '100000 100000\n')
  assert.equal(workerCount('auto', file), 1)
  assert.equal(workerCount('auto', join(directory, 'none')), Math.min(64, availableParallelism()))
})
