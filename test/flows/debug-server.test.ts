// docs/debugging.md
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { send } from '../support/http-client.ts'
import { startDebugged } from '../support/debugged.ts'

const PAGES = ['/debug/', '/debug/pprof/', '/debug/clinic/', '/debug/clinic/flame']
const TEXTS = ['/metrics', '/debug/vars', '/debug/requests', '/debug/report', '/debug/clinic/numbers']
const FILES = [
  ['/debug/page/style.css', 'text/css'],
  ['/debug/page/clinic.js', 'application/javascript'],
  ['/debug/page/icon.svg', 'image/svg+xml'],
  ['/debug/clinic/speedscope/index.html', 'text/html'],
] as const

test('every page is there, with its slash or without, and loads nothing from elsewhere', async (t) => {
  const { ask } = await startDebugged(t)
  for (const path of [...PAGES, '/debug', '/debug/clinic']) {
    const { status, headers, body } = await ask(path)
    assert.equal(status, 200, path)
    assert.match(headers['content-type'] ?? '', /^text\/html/)
    assert.match(String(headers['content-security-policy']), /^default-src 'self'; /)
    for (const [, place = ''] of body.matchAll(/(?:href|src)="([^"]*)"/g)) {
      assert.match(place, /^\//)
      // What takes a profile or a snapshot is not waited for here.
      if (!/seconds=/.test(place)) assert.equal((await ask(place)).status, 200, `${path} leads to ${place}`)
    }
  }
  for (const [path, type] of FILES) {
    const { status, headers } = await ask(path)
    assert.equal(status, 200, path)
    assert.ok(headers['content-type']?.startsWith(type), path)
  }
})

test('no answer may be kept, framed or sniffed', async (t) => {
  const { ask } = await startDebugged(t)
  for (const path of [...PAGES, ...TEXTS, ...FILES.map(([file]) => file), '/nothing']) {
    const { headers } = await ask(path)
    assert.equal(headers['cache-control'], 'no-store', path)
    assert.equal(headers['x-content-type-options'], 'nosniff', path)
    assert.equal(headers['cross-origin-resource-policy'], 'same-origin', path)
    assert.match(String(headers['content-security-policy']), /frame-ancestors 'self'/, path)
  }
})

// A page of anybody could let its own name resolve to 127.0.0.1 and read whatever is here (DNS rebinding).
test('on loopback a Host that is not this machine gets 403, whatever it asks for', async (t) => {
  const { ask, port } = await startDebugged(t)
  for (const path of [...PAGES, ...TEXTS, '/debug/page/style.css', '/debug/pprof/profile?seconds=1', '/nothing']) {
    const { status, headers, body } = await ask(path, { headers: { Host: `rebound.example.com:${port}` } })
    assert.equal(status, 403, path)
    assert.match(headers['content-type'] ?? '', /^text\/plain/)
    assert.equal(body, 'the Host of this request is not this machine; ask for localhost, 127.0.0.1 or [::1]\n')
  }
  for (const host of ['localhost', `127.0.0.1:${port}`, '[::1]:80']) {
    assert.equal((await ask('/debug/', { headers: { Host: host } })).status, 200, host)
  }
})

test('what is not there is 404, and nothing but GET is', async (t) => {
  const { ask, port } = await startDebugged(t)
  for (const path of [
    '/nothing',
    '/debug/page/../main.js',
    '/debug/page/%2e%2e/refusal.js',
    '/debug/page/none.js',
    '/v2/',
  ]) {
    const { status, body } = await ask(path)
    assert.equal(status, 404, path)
    assert.equal(body, 'nothing is here; /debug/ lists what is\n')
  }
  const headers = { Host: 'localhost' }
  for (const method of ['HEAD', 'POST', 'PUT', 'DELETE']) {
    // A body that does not come is not waited for.
    const sent = { headers: { ...headers, 'Content-Length': method === 'HEAD' ? '0' : '3' } }
    assert.equal(
      (await send({ port }, method, '/debug/vars', { ...sent, body: method === 'HEAD' ? '' : '{"a' })).status,
      404,
    )
  }
  const { status, headers: answered } = await ask('/')
  assert.equal(status, 302)
  assert.equal(answered.location, '/debug/')
})

test('the proxy itself has none of it', async (t) => {
  const { proxy } = await startDebugged(t)
  for (const path of [...PAGES, ...TEXTS]) assert.equal((await send(proxy, 'GET', path)).status, 404, path)
})

test('a heap snapshot is refused with the reason', async (t) => {
  const { ask } = await startDebugged(t)
  const { status, body } = await ask('/debug/heapsnapshot')
  assert.equal(status, 403)
  assert.match(body, /^a heap snapshot holds every secret of this process, .* DEBUG_HEAPSNAPSHOT=on .*\n$/)
})

test('with DEBUG_HEAPSNAPSHOT=on a heap snapshot is given out on loopback, and said in the log', async (t) => {
  const { ask, proxy } = await startDebugged(t, { environment: { DEBUG_HEAPSNAPSHOT: 'on' } })
  const { status, body, headers } = await ask('/debug/heapsnapshot')
  assert.equal(status, 200)
  assert.match(String(headers['content-disposition']), /\.heapsnapshot"$/)
  assert.match(body, /^\{"snapshot":\{/)
  assert.ok(proxy.log.some(({ msg, level }) => level === 40 && /heap snapshot/.test(String(msg))))
})

test('a failure inside is told in the log alone', async (t) => {
  const { ask, proxy } = await startDebugged(t)
  t.mock.method(process.report, 'getReport', () => {
    throw new Error('planted')
  })
  const { status, body } = await ask('/debug/report')
  assert.equal(status, 500)
  assert.equal(body, 'the debug server failed; the log has the reason\n')
  const line = proxy.log.find(({ msg }) => msg === 'the debug server failed')
  assert.match(JSON.stringify(line?.['err']), /planted/)
})

// It cannot read the answer, but every load of such a page could have held the one place for a profile, or stopped the process.
test('a page of another site has no profile, report or snapshot taken; a click within this one has', async (t) => {
  const { ask } = await startDebugged(t)
  const dear = [
    '/debug/pprof/profile?seconds=1',
    '/debug/pprof/profile.cpuprofile?seconds=1',
    '/debug/pprof/heap?seconds=1',
    '/debug/pprof/allocs?seconds=1',
    '/debug/report',
    '/debug/heapsnapshot',
    // The router reads escapes.
    '/debug/%70prof/profile?seconds=1',
    '/debug/pprof/%70rofile?seconds=1',
    '/%64ebug/report',
  ]
  for (const site of ['cross-site', 'same-site']) {
    for (const path of dear) {
      const { status, body } = await ask(path, { headers: { 'Sec-Fetch-Site': site } })
      assert.equal(status, 403, path)
      assert.equal(body, 'a page of another site asks for this; open /debug/ and begin there\n')
    }
    // A worker's page is led to from the primary's, which has another port.
    for (const path of PAGES) assert.equal((await ask(path, { headers: { 'Sec-Fetch-Site': site } })).status, 200, path)
  }
  for (const site of ['same-origin', 'none']) {
    assert.equal((await ask('/debug/report', { headers: { 'Sec-Fetch-Site': site } })).status, 200, site)
  }
})
