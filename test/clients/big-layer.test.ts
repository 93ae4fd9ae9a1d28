import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DOCKER_PROGRAMS, identity, startDockerEngine } from './docker-engine.ts'
import { residentMemory, resetPeak } from './proxy.ts'
import { MIB, randomTar } from './random-tar.ts'
import { clientSuite, shared, sharedEnvironment } from './suite.ts'
import { assertFromLayerHost, forgetRequests } from './traffic.ts'

const LAYER_BYTES = 2048 * MIB
const MAX_GROWTH_BYTES = 100 * MIB
const TRANSFER_TIMEOUT_MS = 20 * 60_000

clientSuite('big layer', DOCKER_PROGRAMS, () => {
  const environment = sharedEnvironment()
  const pusher = shared(() => startDockerEngine(environment()))
  const puller = shared(() => startDockerEngine(environment()))

  /** Pushes an image of one layer from one engine and pulls it into the other. */
  async function roundTrip(repository: string, bytes: number): Promise<void> {
    const { registry, simulator } = environment()
    const image = `${registry}/${repository}:1`
    simulator.store.createRepository(repository)
    forgetRequests(simulator)
    const timeoutMs = TRANSFER_TIMEOUT_MS
    await pusher().docker(['import', '-', image], { input: randomTar('file', bytes), timeoutMs })
    await pusher().docker(['push', '--quiet', image], { timeoutMs })
    const pushed = await identity(pusher(), image)
    await puller().docker(['pull', '--quiet', image], { timeoutMs })
    assert.deepEqual(await identity(puller(), image), pushed)
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
