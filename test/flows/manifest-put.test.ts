// docs/request-handling.md: 8, 13.3, 14
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { rateExceeded } from '../simulator/fault-presets.ts'
import type { FaultRule } from '../simulator/faults.ts'
import { digestOf } from '../simulator/store.ts'
import { open, send } from '../support/http-client.ts'
import { type Pair, startPair, upstreamRequests } from '../support/pair.ts'
import { failureOf, imageManifest, putManifest } from '../support/registry-client.ts'
import { replyTo } from '../simulator/client.ts'

const NO_JITTER = { dependencies: { random: () => 0 } }

async function pairWithManifest(t: Parameters<typeof startPair>[0]): Promise<Pair & { manifest: string }> {
  const pair = await startPair(t, NO_JITTER)
  const blob = await pair.simulator.store.addBlob('team/app', '{}')
  return { ...pair, manifest: imageManifest(blob, [blob]) }
}

const passing: [what: string, action: FaultRule['action']][] = [
  ['a refused token', { kind: 'status', status: 401, body: 'Not Authorized\n' }],
  ['429', rateExceeded()],
  ['503', { kind: 'status', status: 503, body: '' }],
  ['a reset before the answer', { kind: 'reset-after-bytes', requestBytes: 1_000_000, rst: true }],
  ['a connection closed before the body', { kind: 'reset-before' }],
]

for (const [what, action] of passing) {
  test(`a manifest is sent again, whole, after ${what}`, async (t) => {
    const { simulator, proxy, manifest } = await pairWithManifest(t)
    simulator.faults.add({ method: 'PUT', action })
    const put = await putManifest(proxy, 'team/app', 'v1', manifest)
    assert.equal(put.status, 201, put.body)
    assert.equal(put.headers['docker-content-digest'], digestOf(manifest))
    const puts = upstreamRequests(simulator)
    assert.equal(puts.length, 2)
    assert.equal(puts.at(-1)?.bodyBytes, Buffer.byteLength(manifest))
    assert.equal((await send(proxy, 'GET', '/v2/team/app/manifests/v1')).body, manifest)
  })

  test(`a manifest has at most three tries when each ends in ${what}`, async (t) => {
    const { simulator, proxy, manifest } = await pairWithManifest(t)
    simulator.faults.add({ method: 'PUT', times: 100, action })
    const put = await putManifest(proxy, 'team/app', 'v1', manifest)
    const [expected, tries] = {
      'a refused token': ['503 UNAVAILABLE', 2] as const,
      '429': ['429 TOOMANYREQUESTS', 3] as const,
      '503': ['503 UNAVAILABLE', 3] as const,
    }[what] ?? ['502 UNAVAILABLE', 3]
    assert.equal(failureOf(put), expected)
    assert.equal(upstreamRequests(simulator).length, tries)
  })
}

test('a manifest that ECR refuses is sent once, and ECR’s text arrives', async (t) => {
  const { simulator, proxy, manifest } = await pairWithManifest(t)
  await putManifest(proxy, 'team/app', '202611231234', manifest)
  simulator.behaviour.immutableTags = true
  const refused = await putManifest(proxy, 'team/app', '202611231234', ` ${manifest}`)
  assert.equal(failureOf(refused), '400 TAG_INVALID')
  assert.equal(
    JSON.parse(refused.body).errors[0].message,
    "The image tag '202611231234' already exists in the 'team/app' repository and cannot be overwritten because the repository is immutable.",
  )
  assert.equal(upstreamRequests(simulator).length, 2)
})

test('a manifest of 4 MiB passes, one byte more is 413 without a word to the upstream', async (t) => {
  const { simulator, proxy, manifest } = await pairWithManifest(t)
  const limit = 4 * 1024 * 1024
  const largest = manifest.padEnd(limit)
  assert.equal((await putManifest(proxy, 'team/app', 'v1', largest)).status, 201)
  const before = upstreamRequests(simulator).length
  assert.equal(failureOf(await putManifest(proxy, 'team/app', 'v2', `${largest} `)), '413 SIZE_INVALID')
  const chunked = open(proxy, 'PUT', '/v2/team/app/manifests/v2')
  const answered = replyTo(chunked)
  chunked.write(largest)
  chunked.end('  ')
  assert.equal(failureOf(await answered), '413 SIZE_INVALID')
  assert.equal(upstreamRequests(simulator).length, before)
})
