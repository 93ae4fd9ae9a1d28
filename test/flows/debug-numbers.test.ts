// docs/debugging.md
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import { replyTo } from '../simulator/client.ts'
import { startDebugged } from '../support/debugged.ts'
import { open, send } from '../support/http-client.ts'
import { pushImage, startUpload } from '../support/registry-client.ts'
import { until, untilAnswered } from '../support/until.ts'

test('requests in flight stand in their order, with what they are and how far they are, until they end', async (t) => {
  const { simulator, proxy, ask } = await startDebugged(t)
  const location = await startUpload(proxy, 'team/app')
  const patch = open(proxy, 'PATCH', location, { headers: { 'X-Request-Id': 'upload-1' } })
  const patched = replyTo(patch)
  patch.write(randomBytes(5000))
  await simulator.waitForRequest(({ method, bodyBytes }) => method === 'PATCH' && bodyBytes === 5000)
  simulator.faults.add({ method: 'GET', action: { kind: 'delay', ms: 60_000 } })
  const get = open(proxy, 'GET', '/v2/team/app/manifests/v1?secret=1', { headers: { 'X-Request-Id': 'pull-1' } })
  const left = replyTo(get).catch(() => undefined)
  get.end()
  const requests = async (): Promise<Record<string, unknown>[]> => JSON.parse((await ask('/debug/requests')).body)
  await simulator.waitForRequest(({ method }) => method === 'GET')
  const [first, second, ...more] = await requests()
  const { ageMs, ...upload } = first ?? {}
  assert.ok(Number(ageMs) >= 0)
  assert.deepEqual(upload, {
    id: 'upload-1',
    method: 'PATCH',
    kind: 'upload',
    repository: 'team/app',
    bytesIn: 5000,
    bytesOut: 0,
    client: '127.0.0.1',
  })
  assert.deepEqual(
    [second?.['id'], second?.['kind'], second?.['reference'], second?.['bytesIn']],
    ['pull-1', 'manifest', 'v1', 0],
  )
  assert.deepEqual(more, [])
  // One ends in order, and the other because its client leaves.
  patch.end()
  assert.equal((await patched).status, 202)
  get.destroy()
  await left
  await until(() => proxy.app.drain.inFlight === 0, 'nothing in flight')
  assert.deepEqual(await requests(), [])
})

test('the same numbers stand in /debug/vars, in /metrics and in the numbers of the live page', async (t) => {
  const { proxy, ask } = await startDebugged(t)
  await pushImage(proxy, 'team/app', 'v1', [randomBytes(1000)])
  for (let i = 0; i < 3; i++) await send(proxy, 'GET', '/v2/team/app/manifests/v1')
  await until(() => proxy.app.drain.inFlight === 0, 'nothing in flight')
  const { metrics } = JSON.parse((await ask('/debug/vars')).body)
  assert.equal(metrics.operations['manifest-pull'].requests, 3)
  assert.equal(metrics.operations['manifest-push'].requests, 1)
  assert.deepEqual(metrics.repositories, [{ repository: 'team/app', pulls: 3, pushes: 1 }])
  const text = (await ask('/metrics')).body.split('\n')
  for (const [operation, { requests, bytesIn }] of Object.entries<{ requests: number; bytesIn: number }>(
    metrics.operations,
  )) {
    assert.ok(text.includes(`ecr_reverse_proxy_requests_total{operation="${operation}"} ${requests}`), operation)
    assert.ok(text.includes(`ecr_reverse_proxy_bytes_in_total{operation="${operation}"} ${bytesIn}`), operation)
  }
  const sample = (name: string): number => {
    const line = text.find((each) => each.startsWith(`ecr_reverse_proxy_${name} `)) ?? assert.fail(`no ${name}`)
    return Number(line.split(' ')[1])
  }
  const { process: ofProcess, upstreamPool, token } = JSON.parse((await ask('/debug/vars')).body)
  assert.ok(sample('process_cpu_seconds_total') <= ofProcess.cpuMs / 1000)
  assert.ok(sample('resident_memory_bytes') > 2 ** 24)
  assert.equal(sample('upstream_connections'), upstreamPool.connected)
  assert.ok(Math.abs(sample('token_refresh_in_seconds') - token.refreshInSeconds) < 60)
  // The live page's are read once a second.
  await untilAnswered(async () => {
    const { minute, repositories } = JSON.parse((await ask('/debug/clinic/numbers')).body)
    const counted: { operation: string; requests: number }[] = minute.operations
    const pulls = counted.find(({ operation }) => operation === 'manifest-pull')
    return pulls?.requests === 3 && isDeepStrictEqual(repositories, metrics.repositories)
  }, 'the same numbers for the live page')
})

test('the process, its token and its settings are told', async (t) => {
  const { simulator, ask } = await startDebugged(t)
  const vars = JSON.parse((await ask('/debug/vars')).body)
  assert.equal(vars.process.pid, process.pid)
  assert.equal(vars.settings.ECR_REGISTRY, simulator.registryHost)
  assert.ok(vars.token.ageSeconds >= 0)
  // At about half of twelve hours.
  assert.ok(vars.token.refreshInSeconds > 5 * 3600 && vars.token.refreshInSeconds < 7 * 3600)
  assert.deepEqual(Object.keys(vars.upstreamPool), ['connected', 'running', 'waiting'])
})

test('the live page gets only what is new', async (t) => {
  const { ask } = await startDebugged(t)
  const numbers = async (since: number): Promise<{ columns: string[]; rows: number[][] }> =>
    JSON.parse((await ask(`/debug/clinic/numbers?since=${since}`)).body)
  const rows = await untilAnswered(async () => {
    const all = (await numbers(0)).rows
    return all.length >= 2 && all
  }, 'two rows')
  const [first = [], second = []] = rows
  const newer = (await numbers(Number(first[0]))).rows
  assert.deepEqual(newer[0], second)
})
