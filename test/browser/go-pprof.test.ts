// docs/debugging.md: what a user of the original types.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import type { ClientRequest } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type Debugged, startDebugged } from '../support/debugged.ts'
import { open } from '../support/http-client.ts'
import { testWith } from './suite.ts'
import { underLoad } from './traffic.ts'

for (const [path, unit] of [
  ['profile?seconds=3', 'cpu'],
  ['heap?seconds=3', 'inuse_space'],
  ['allocs?seconds=3', 'alloc_space'],
] as const) {
  testWith('go', `go tool pprof -top names functions of ours from ${path} of a live proxy`, async (t) => {
    const debugged = await startDebugged(t)
    const kept = await mkdtemp(join(tmpdir(), 'pprof-'))
    t.after(() => rm(kept, { recursive: true }))
    // It keeps what it has fetched.
    const env = { ...process.env, PPROF_TMPDIR: kept, GOFLAGS: '-mod=mod' }
    const url = `http://localhost:${debugged.port}/debug/pprof/${path}`
    await underLoad(debugged, async () => {
      const letGo = holdRequests(debugged)
      try {
        const { stdout } = await promisify(execFile)('go', ['tool', 'pprof', '-top', '-nodecount=500', url], { env })
        assert.match(stdout, new RegExp(`^Type: ${unit}$`, 'm'))
        assert.match(stdout, /%\s+\S+ src\/\S+\.ts$/m)
      } finally {
        letGo()
      }
    })
  })
}

/**
 * Begins a request every 20 ms that is never answered, and gives up the oldest: of what the load allocates, next to nothing
 * is alive at the end of a window, and a profile of live memory held no function of ours once.
 */
function holdRequests({ proxy, simulator }: Debugged): () => void {
  simulator.faults.add({ path: /^\/v2\/held\//, times: Number.POSITIVE_INFINITY, action: { kind: 'stall' } })
  const held: ClientRequest[] = []
  const timer = setInterval(() => {
    const request = open(proxy, 'GET', '/v2/held/manifests/v1')
    request.on('error', () => undefined)
    request.end()
    held.push(request)
    if (held.length > 100) held.shift()?.destroy()
  }, 20)
  return () => {
    clearInterval(timer)
    for (const request of held) request.destroy()
  }
}
