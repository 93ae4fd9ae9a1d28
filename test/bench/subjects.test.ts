import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import type { Ground } from '../../bench/ground.ts'
import { availableSubjects, BARE_HTTPS, BARE_TLS, BARE_UNDICI, OURS } from '../../bench/subjects.ts'

/** Where no program is installed but these shell scripts, until the test ends. */
function machine(
  t: TestContext,
  { programs = {}, ci = '' }: { programs?: Record<string, string>; ci?: string },
): Ground {
  const directory = mkdtempSync(join(tmpdir(), 'subjects-'))
  for (const [name, script] of Object.entries(programs)) {
    writeFileSync(join(directory, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
  }
  const { PATH, CI = '' } = process.env
  Object.assign(process.env, { PATH: directory, CI: ci })
  t.after(() => {
    Object.assign(process.env, { PATH, CI })
    rmSync(directory, { recursive: true })
  })
  const [certificate, key, caFile, ca, token] = ['chain.pem', 'key.pem', 'ca.pem', '', '']
  const upstream = { upstreamHost: 'localhost', upstreamPort: 1, upstreamPid: 3, apiPort: 2, close: async () => {} }
  return { directory, certificate, key, caFile, ca, token, ...upstream }
}

test('without Go and nginx there are ours and the bare ones', async (t) => {
  const subjects = await availableSubjects(machine(t, {}))
  assert.deepEqual(
    subjects.map(({ name }) => name),
    [OURS, BARE_HTTPS, BARE_UNDICI, BARE_TLS],
  )
})

// The nightly table would lose its goals, which are ratios to Go, without a word that anybody reads.
test('in CI a peer that is not installed fails the bench', async (t) => {
  await assert.rejects(availableSubjects(machine(t, { ci: 'true' })), /^Error: go is not installed$/)
})

// A peer that did not compile, as with a Go that is too old, was told to be none.
test('a peer that is there and cannot be built fails the bench', async (t) => {
  const go = 'case "$1" in version) echo go version go1.24.1 linux/amd64;; env) echo go1.24.1;; *) exit 3;; esac'
  await assert.rejects(availableSubjects(machine(t, { programs: { go } })), /^Error: Command failed: go build /)
})
