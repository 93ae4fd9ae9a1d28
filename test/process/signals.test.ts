import assert from 'node:assert/strict'
import { Agent } from 'node:http'
import { test } from 'node:test'
import { replyTo, simulatorFor } from '../simulator/client.ts'
import { emfEventsIn, emfTotal } from '../support/emf.ts'
import { open, send } from '../support/http-client.ts'
import { leadingTo } from '../support/leading-to.ts'
import { RawClient } from '../support/raw-client.ts'
import { startUpload } from '../support/registry-client.ts'
import { untilAnswered } from '../support/until.ts'
import { awsOf, freePort, plainHttp, ProxyProcess } from './proxy-process.ts'

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`${signal} with nothing in flight ends it with 0, idle connections or not`, async (t) => {
    const port = await freePort()
    const child = new ProxyProcess(t, plainHttp(port))
    await child.logged(`listening on 127.0.0.1 port ${port}`)
    const agent = new Agent({ keepAlive: true })
    t.after(() => agent.destroy())
    const unused = await RawClient.connect(t, { port })
    assert.equal((await send({ port }, 'GET', '/healthz', { agent })).status, 200)
    const start = performance.now()
    child.signal(signal)
    const { code, stderr } = await child.ended
    assert.equal(code, 0)
    assert.equal(stderr, '')
    // Far below SHUTDOWN_TIMEOUT and KEEP_ALIVE_TIMEOUT: nothing was waited for.
    assert.ok(performance.now() - start < 10_000)
    assert.equal((await child.logged('shut down'))['cut'], 0)
    assert.ok(unused.closed)
  })
}

// What waited for a slow reader was thrown away at the end, the last flush of metrics with it.
test('the last lines of the log wait for a slow reader', async (t) => {
  const port = await freePort()
  const child = new ProxyProcess(t, { ...plainHttp(port), METRICS: 'emf' })
  await child.logged(`listening on 127.0.0.1 port ${port}`)
  const agent = new Agent({ keepAlive: true, maxSockets: 32 })
  t.after(() => agent.destroy())
  child.readNoMore()
  // More of them than a pipe and a stream hold.
  const headers = { 'User-Agent': 'a'.repeat(250) }
  await Promise.all(Array.from({ length: 2000 }, async () => send({ port }, 'GET', '/v2/', { agent, headers })))
  child.signal('SIGTERM')
  const isClosed = async (): Promise<boolean> =>
    send({ port }, 'GET', '/healthz').then(
      () => false,
      () => true,
    )
  await untilAnswered(isClosed, 'the listener to close')
  child.readOn()
  const { code, stdout } = await child.ended
  assert.equal(code, 0)
  assert.deepEqual([child.lines('request').length, child.lines('shut down').length], [2000, 1])
  assert.equal(emfTotal(emfEventsIn(stdout), 'Requests', { Operation: 'other' }), 2000)
})

// Node's server is closed when its sockets are destroyed, and what they carried ends later: the process had ended by then.
for (const METRICS of ['off', 'emf']) {
  test(`what SHUTDOWN_TIMEOUT cuts is in the log, and counted, with METRICS=${METRICS}`, async (t) => {
    const simulator = await simulatorFor(t, { createOnPush: true })
    const port = await freePort()
    const environment = { ...plainHttp(port), ...awsOf(simulator), SHUTDOWN_TIMEOUT: '100ms', METRICS }
    const child = new ProxyProcess(t, environment, { preload: leadingTo(simulator) })
    await child.logged('token obtained')
    const patch = open({ port }, 'PATCH', await startUpload({ port }, 'team/app'))
    const cut = assert.rejects(replyTo(patch), { code: 'ECONNRESET' })
    patch.write('a part')
    await simulator.waitForRequest(({ method, bodyBytes }) => method === 'PATCH' && bodyBytes > 0)
    child.signal('SIGTERM')
    await cut
    const { code, stdout } = await child.ended
    assert.equal(code, 1)
    assert.equal(child.lines('request').filter(({ aborted }) => aborted === true).length, 1)
    if (METRICS === 'emf') assert.equal(emfTotal(emfEventsIn(stdout), 'Requests', { Operation: 'layer-push' }), 2)
  })
}

test('during SHUTDOWN_DELAY it serves on, says that it leaves, and a second signal ends it at once', async (t) => {
  const simulator = await simulatorFor(t)
  const [port, status] = [await freePort(), await freePort()]
  const environment = { ...plainHttp(port), ...awsOf(simulator), STATUS_PORT: String(status), SHUTDOWN_DELAY: '10m' }
  const child = new ProxyProcess(t, environment)
  await child.logged('token obtained')
  assert.equal((await send({ port: status }, 'GET', '/readyz')).status, 200)
  child.signal('SIGTERM')
  await child.logged('shutting down')
  for (const to of [port, status]) {
    const { status: code, body } = await send({ port: to }, 'GET', '/readyz')
    assert.equal(code, 503)
    assert.deepEqual(JSON.parse(body), { status: 'not ready', reason: 'shutting down' })
    assert.equal((await send({ port: to }, 'GET', '/healthz')).status, 200)
  }
  const agent = new Agent({ keepAlive: true })
  t.after(() => agent.destroy())
  const reply = await send({ port }, 'GET', '/v2/', { agent })
  assert.equal(reply.status, 200)
  assert.equal(reply.headers.connection, 'close')
  assert.equal((await child.insist('SIGTERM')).code, 1)
})

test('SHUTDOWN_DELAY passes, and it ends with 0', async (t) => {
  const port = await freePort()
  const child = new ProxyProcess(t, { ...plainHttp(port), SHUTDOWN_DELAY: '50ms' })
  await child.logged(`listening on 127.0.0.1 port ${port}`)
  assert.equal((await send({ port }, 'GET', '/healthz')).status, 200)
  child.signal('SIGTERM')
  assert.equal((await child.ended).code, 0)
})

test('an unexpected failure is logged, and ends it in order with 1', async (t) => {
  const port = await freePort()
  const preload = `process.on('SIGUSR2', () => { throw new Error('planted') })`
  const child = new ProxyProcess(t, plainHttp(port), { preload })
  await child.logged(`listening on 127.0.0.1 port ${port}`)
  assert.equal((await send({ port }, 'GET', '/healthz')).status, 200)
  child.signal('SIGUSR2')
  const { err } = await child.logged('unexpected failure; shutting down')
  assert.ok(typeof err === 'object' && err !== null && 'message' in err)
  assert.equal(err.message, 'planted')
  assert.equal((await child.logged('shut down'))['cut'], 0)
  assert.equal((await child.ended).code, 1)
})

// It was answered by an end of the process, code 1, and not a word.
test('an unexpected failure during the shutdown is logged, and ends it at once', async (t) => {
  const port = await freePort()
  const preload = `process.on('SIGWINCH', () => { throw new Error('planted') })`
  const child = new ProxyProcess(t, { ...plainHttp(port), SHUTDOWN_DELAY: '10m' }, { preload })
  await child.logged(`listening on 127.0.0.1 port ${port}`)
  child.signal('SIGTERM')
  await child.logged('shutting down')
  child.signal('SIGWINCH')
  assert.equal((await child.ended).code, 1)
  const { err } = await child.logged('unexpected failure during shutdown; ending at once')
  assert.ok(typeof err === 'object' && err !== null && 'message' in err)
  assert.equal(err.message, 'planted')
})

// With a listener of JavaScript's to them, a fault of native code ran for ever at 100 % of a core, and no signal ended it.
for (const signal of ['SIGILL', 'SIGTRAP', 'SIGABRT', 'SIGBUS', 'SIGFPE', 'SIGSEGV'] as const) {
  test(`${signal} has no listener: a fault of native code ends the process`, async (t) => {
    const port = await freePort()
    const child = new ProxyProcess(t, plainHttp(port))
    await child.logged(`listening on 127.0.0.1 port ${port}`)
    child.signal(signal)
    assert.equal((await child.ended).signal, signal)
  })
}

/** Source of a module that runs `source` when this process first listens to a signal. */
function atFirstListener(signal: NodeJS.Signals, source: string): string {
  return `const { on } = process
process.on = function (name, listener) {
  on.call(process, name, listener)
  if (name === '${signal}') {
    process.on = on
    ${source}
  }
  return process
}`
}

// PID 1 of a container ignores a signal without a listener, SIGHUP ends any other process, and to load all modules takes half a second.
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
  test(`it listens to ${signal} before it loads a server`, async (t) => {
    const port = await freePort()
    const loaded = "process.stderr.write(`server loaded: ${process.moduleLoadList.includes('NativeModule http')}`)"
    const child = new ProxyProcess(t, plainHttp(port), { preload: atFirstListener(signal, loaded) })
    await child.logged(`listening on 127.0.0.1 port ${port}`)
    child.signal('SIGTERM')
    const { code, stderr } = await child.ended
    assert.deepEqual([code, stderr], [0, 'server loaded: false'])
  })
}

test('SIGTERM while it starts ends it with 0', async (t) => {
  const port = await freePort()
  const preload = atFirstListener('SIGTERM', "process.kill(process.pid, 'SIGTERM')")
  const child = new ProxyProcess(t, plainHttp(port), { preload })
  const { code, stderr } = await child.ended
  assert.deepEqual([code, stderr], [0, ''])
})

test('SIGTERM is not lost while one listener takes the place of the other', async (t) => {
  const port = await freePort()
  const preload = `const { off } = process
process.off = function (name, listener) {
  if (name === 'SIGTERM') process.kill(process.pid, 'SIGTERM')
  return off.call(process, name, listener)
}`
  const child = new ProxyProcess(t, plainHttp(port), { preload })
  assert.equal((await child.ended).code, 0)
  assert.equal(child.lines('shut down').length, 1)
})
