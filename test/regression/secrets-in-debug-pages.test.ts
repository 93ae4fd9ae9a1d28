// A debug server is where secrets leak that logs keep: environments in reports, headers in requests, tokens in memory.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { send } from '../support/http-client.ts'
import { startDebugged } from '../support/debugged.ts'
import { assertNoSecrets, tokensSent } from '../support/pair.ts'
import { pullImage, pushImage } from '../support/registry-client.ts'

const PAGES = [
  '/debug/',
  '/debug/pprof/',
  '/debug/clinic/',
  '/debug/clinic/flame',
  '/debug/clinic/numbers',
  '/debug/requests',
  '/debug/report',
  '/debug/vars',
  '/debug/heapsnapshot',
  '/debug/nothing?password=client-query',
  '/metrics',
]
const PROFILES = [
  '/debug/pprof/profile?seconds=1',
  '/debug/pprof/heap?seconds=1',
  '/debug/pprof/allocs?seconds=1',
  '/debug/pprof/profile.cpuprofile?seconds=1',
]

test('no page tells a secret of the environment, of the token or of a client', async (t) => {
  const planted = `planted-${randomBytes(8).toString('hex')}`
  process.env['AWS_SESSION_TOKEN'] = planted
  process.env['SOME_PASSWORD'] = planted
  t.after(() => {
    delete process.env['AWS_SESSION_TOKEN']
    delete process.env['SOME_PASSWORD']
  })
  const debugged = await startDebugged(t)
  const { simulator, proxy, port, ask } = debugged
  await pushImage(proxy, 'team/app', 'v1', [randomBytes(10_000)])
  await pullImage(debugged, 'team/app', 'v1')
  const client = { Authorization: 'Basic Y2xpZW50OmNsaWVudC1wYXNzd29yZA==', Cookie: 'session=client-cookie' }
  // In flight, with all its secrets, while the pages are read.
  simulator.faults.add({ method: 'GET', times: 2, action: { kind: 'delay', ms: 60_000 } })
  const leaving = new AbortController()
  const inFlight = fetch(`${proxy.origin}/v2/team/app/tags/list?password=client-query`, {
    headers: client,
    signal: leaving.signal,
  }).catch(() => undefined)
  await simulator.waitForRequest(({ method, url }) => method === 'GET' && url.includes('tags'))
  const requests = await ask('/debug/requests')
  assert.equal(JSON.parse(requests.body).length, 1)

  const told: string[] = [JSON.stringify(proxy.log)]
  for (const path of PAGES) {
    const { rawHeaders, body } = await ask(path, { headers: client })
    assert.ok(body.length > 0, path)
    told.push(...rawHeaders, body)
  }
  for (const path of PROFILES) {
    const bytes = Buffer.from(await (await fetch(`http://localhost:${port}${path}`)).arrayBuffer())
    told.push(bytes[0] === 0x1f ? gunzipSync(bytes).toString('latin1') : bytes.toString())
  }
  leaving.abort()
  await inFlight
  const text = told.join('\n')
  assert.ok(text.includes('team/app'))
  assert.ok(tokensSent(simulator).length > 0)
  assertNoSecrets(text, simulator)
  for (const secret of [planted, 'Y2xpZW50', 'client-password', 'client-cookie', 'client-query', 'X-Amz', 'Basic ']) {
    assert.ok(!text.includes(secret), secret)
  }
  assert.equal((await send(proxy, 'GET', '/healthz')).status, 200)
})
