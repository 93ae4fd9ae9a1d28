import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { DOCKER_PROGRAMS, startDockerEngine } from './docker-engine.ts'
import { residentMemory, resetPeak } from './proxy.ts'
import { MIB, randomTar } from './random-tar.ts'
import { clientSuite, shared, sharedEnvironment } from './suite.ts'
import { assertFromLayerHost, forgetRequests } from './traffic.ts'

const LAYER_BYTES = 2048 * MIB
const MAX_GROWTH_BYTES = 100 * MIB
const TRANSFER_TIMEOUT_MS = 20 * 60_000

// Pushed by docker, which sends a layer of unknown length, and pulled by skopeo, which spends less time on unpacking.
clientSuite('big layer', [...DOCKER_PROGRAMS, 'skopeo'], () => {
  const environment = sharedEnvironment()
  const pusher = shared(() => startDockerEngine(environment()))

  /** Pushes an image of one layer, and pulls it to another place. */
  async function roundTrip(repository: string, bytes: number): Promise<void> {
    const { directory, registry, simulator, certificates, run } = environment()
    const image = `${registry}/${repository}:1`
    const { tags } = simulator.store.createRepository(repository)
    forgetRequests(simulator)
    const timeoutMs = TRANSFER_TIMEOUT_MS
    await pusher().docker(['import', '-', image], { input: randomTar('file', bytes), timeoutMs })
    await pusher().docker(['push', '--quiet', image], { timeoutMs })
    const copy = `dir:${await mkdtemp(join(directory, 'pulled-'))}`
    await run('skopeo', ['copy', `--src-cert-dir=${certificates}`, `docker://${image}`, copy], { timeoutMs })
    const { stdout } = await run('skopeo', ['inspect', '--raw', copy])
    assert.equal(`sha256:${createHash('sha256').update(stdout).digest('hex')}`, tags.get('1'))
    assertFromLayerHost(simulator, 2)
  }

  test('a 2 GiB layer passes in less than 100 MiB of memory', async (t) => {
    await roundTrip('small', MIB)
    const { pid } = environment().proxy
    const { now: idle } = await residentMemory(pid)
    await resetPeak(pid)
    await roundTrip('big', LAYER_BYTES)
    const { peak } = await residentMemory(pid)
    const growth = peak - idle
    t.diagnostic(`resident memory of the proxy: ${inMib(idle)} MiB idle, ${inMib(peak)} MiB at most`)
    assert.ok(growth < MAX_GROWTH_BYTES, `it grew by ${inMib(growth)} MiB`)
  })
})

function inMib(bytes: number): number {
  return Math.round(bytes / MIB)
}
