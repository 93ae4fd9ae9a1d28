import assert from 'node:assert/strict'
import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { OciLayout } from './oci-layout.ts'
import { residentMemory, resetPeak } from './proxy.ts'
import { MIB } from './random-tar.ts'
import { clientSuite, sharedEnvironment } from './suite.ts'
import { assertFromLayerHost, forgetRequests } from './traffic.ts'

const LAYER_BYTES = 2048 * MIB
const MAX_GROWTH_BYTES = 100 * MIB
const TRANSFER_TIMEOUT_MS = 20 * 60_000

// By skopeo, which spends less time on its own than an engine: whose 2 GiB they are is the same to the proxy.
clientSuite('big layer', ['skopeo'], () => {
  const environment = sharedEnvironment()

  async function scratch(): Promise<string> {
    return mkdtemp(join(environment().directory, 'layout-'))
  }

  /** Pushes an image of one layer, and pulls it to another place. */
  async function roundTrip(repository: string, bytes: number): Promise<void> {
    const { registry, simulator, certificates, run } = environment()
    const layout = new OciLayout(await scratch())
    const manifest = await layout.addImage('amd64', [bytes])
    await layout.tag('1', manifest)
    simulator.store.createRepository(repository)
    forgetRequests(simulator)
    const remote = `docker://${registry}/${repository}:1`
    const copy = `oci:${await scratch()}:1`
    const timeoutMs = TRANSFER_TIMEOUT_MS
    await run('skopeo', ['copy', `--dest-cert-dir=${certificates}`, `oci:${layout.directory}:1`, remote], { timeoutMs })
    await run('skopeo', ['copy', `--src-cert-dir=${certificates}`, remote, copy], { timeoutMs })
    const { stdout } = await run('skopeo', ['inspect', '--format', '{{.Digest}}', copy])
    assert.equal(stdout.trim(), manifest.digest)
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
