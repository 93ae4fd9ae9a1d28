// docs/debugging.md: what a user of the original types.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { startDebugged } from '../support/debugged.ts'
import { testWith } from './suite.ts'
import { underLoad } from './traffic.ts'

for (const [path, unit] of [
  ['profile?seconds=3', 'cpu'],
  ['heap?seconds=3', 'inuse_space'],
  ['allocs?seconds=3', 'alloc_space'],
] as const) {
  testWith('go', `go tool pprof -top names functions of ours from ${path} of a live proxy`, async (t) => {
    const debugged = await startDebugged(t)
    const home = await mkdtemp(join(tmpdir(), 'pprof-'))
    t.after(() => rm(home, { recursive: true }))
    // It keeps what it has fetched.
    const env = { ...process.env, PPROF_TMPDIR: home, HOME: home, GOFLAGS: '-mod=mod' }
    const url = `http://localhost:${debugged.port}/debug/pprof/${path}`
    await underLoad(debugged, async () => {
      const { stdout } = await promisify(execFile)('go', ['tool', 'pprof', '-top', '-nodecount=500', url], { env })
      assert.match(stdout, new RegExp(`^Type: ${unit}$`, 'm'))
      assert.match(stdout, /%\s+\S+ src\/\S+\.ts$/m)
    })
  })
}
