import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { simulatorFor } from '../simulator/client.ts'
import { send } from '../support/http-client.ts'
import { pushImage } from '../support/registry-client.ts'
import { untilAnswered } from '../support/until.ts'
import { LONG_MS, startCrew } from './crew-process.ts'
import { freePorts, freePort, plainHttp, ProxyProcess, takenPort } from './proxy-process.ts'

test('the debug server listens beside the proxy, on loopback, and ends with it', async (t) => {
  const [port, debugPort] = [await freePort(), await freePort()]
  const child = new ProxyProcess(t, { ...plainHttp(port), DEBUG_PORT: String(debugPort) })
  await child.logged(`debug server on http://127.0.0.1:${debugPort}/debug/`)
  const { status, body } = await send({ port: debugPort }, 'GET', '/debug/vars')
  assert.equal(status, 200)
  assert.equal(JSON.parse(body).process.pid, child.pid)
  assert.equal((await send({ port }, 'GET', '/healthz')).status, 200)
  child.signal('SIGTERM')
  const { code, stderr } = await child.ended
  assert.equal(code, 0)
  assert.equal(stderr, '')
})

test('a debug port in use is one warning that names DEBUG_PORT, and the proxy serves', async (t) => {
  const { port: taken, close } = await takenPort()
  t.after(close)
  const port = await freePort()
  const child = new ProxyProcess(t, { ...plainHttp(port), DEBUG_PORT: String(taken) })
  const line = await child.logged(
    `DEBUG_PORT: ${taken} is in use; expected a free port on 127.0.0.1; this process has no debug server`,
  )
  assert.equal(line['level'], 40)
  assert.equal((await send({ port }, 'GET', '/healthz')).status, 200)
  child.signal('SIGTERM')
  assert.equal((await child.ended).code, 0)
})

test('an address that is not this machine’s is one warning that names DEBUG_HOST', async (t) => {
  const port = await freePort()
  // Of TEST-NET-1 (RFC 5737), which no machine has.
  const child = new ProxyProcess(t, { ...plainHttp(port), DEBUG_PORT: '6060', DEBUG_HOST: '192.0.2.1' })
  await child.logged(
    'DEBUG_HOST: "192.0.2.1" is no address of this machine; expected one, such as 127.0.0.1 or ::1; this process has no debug server',
  )
  assert.equal((await send({ port }, 'GET', '/healthz')).status, 200)
})

test('DEBUG_PORT=off is no debug server', async (t) => {
  const port = await freePort()
  const child = new ProxyProcess(t, { ...plainHttp(port), DEBUG_PORT: 'off' })
  await child.logged(`listening on 127.0.0.1 port ${port}`)
  assert.equal((await send({ port }, 'GET', '/healthz')).status, 200)
  assert.doesNotMatch(child.stdout, /debug server/)
})

test('beyond loopback it warns, answers to any Host, and gives out no heap snapshot', async (t) => {
  const [port, debugPort] = [await freePort(), await freePort()]
  const child = new ProxyProcess(t, {
    ...plainHttp(port),
    DEBUG_PORT: String(debugPort),
    DEBUG_HOST: '0.0.0.0',
    DEBUG_HEAPSNAPSHOT: 'on',
  })
  const line = await child.logged(
    'DEBUG_HOST: the debug server is open to other machines, and asks nobody who they are',
  )
  assert.equal(line['level'], 40)
  const headers = { Host: 'registry.example.com:6060' }
  assert.equal((await send({ port: debugPort }, 'GET', '/debug/vars', { headers })).status, 200)
  const { status, body } = await send({ port: debugPort }, 'GET', '/debug/heapsnapshot', { headers })
  assert.equal(status, 403)
  assert.match(body, /DEBUG_HOST on loopback/)
})

test('until somebody asks, nothing is loaded of profilers, pages and flame graphs', async (t) => {
  const [port, debugPort] = [await freePort(), await freePort()]
  const parts = ['node:inspector', 'pprof-format', 'static', 'speedscope', 'debug-app', 'source-frames']
  const preload = `
    import { register } from 'node:module'
    const hooks = "export async function resolve(name, context, next) {" +
      "const part = ${JSON.stringify(parts).replaceAll('"', "'")}.find((each) => name.includes(each));" +
      "if (part !== undefined) throw new Error('asked for ' + part); return next(name, context) }"
    register('data:text/javascript,' + encodeURIComponent(hooks))`
  const child = new ProxyProcess(t, { ...plainHttp(port), DEBUG_PORT: String(debugPort) }, { preload })
  await child.logged(`debug server on http://127.0.0.1:${debugPort}/debug/`)
  assert.equal((await send({ port }, 'GET', '/healthz')).status, 200)
  assert.deepEqual(child.lines('the debug server could not be built'), [])
  // What was asked for in vain is told, and asked for again the next time.
  for (let times = 1; times <= 2; times++) {
    const { status, body } = await send({ port: debugPort }, 'GET', '/debug/')
    assert.equal(status, 500)
    assert.equal(body, 'the debug server failed; the log has the reason\n')
    await child.logged('the debug server could not be built')
  }
  assert.match(JSON.stringify(child.lines('the debug server could not be built')), /asked for debug-app/)
  child.signal('SIGTERM')
  assert.equal((await child.ended).code, 0)
})

test('with two workers the primary has the numbers of both, and each worker a debug server of its own', async (t) => {
  const simulator = await simulatorFor(t, { createOnPush: true })
  const first = await freePorts(3)
  const environment = { DEBUG_PORT: String(first) }
  const { primary, port, workers } = await startCrew(t, simulator, { environment })
  for (const each of [first, first + 1, first + 2]) {
    await primary.logged(`debug server on http://127.0.0.1:${each}/debug/`)
  }
  const vars = async (to: number) => JSON.parse((await send({ port: to }, 'GET', '/debug/vars')).body)
  const shown = await vars(first)
  assert.equal(shown.process.pid, primary.pid)
  assert.deepEqual(shown.workerPorts, [first + 1, first + 2])
  assert.ok(shown.token.refreshInSeconds > 0)
  const pids = [await vars(first + 1), await vars(first + 2)].map(({ process }) => process.pid)
  assert.deepEqual(new Set(pids), new Set(workers()))

  await pushImage({ port }, 'team/app', 'v1', [randomBytes(1000)])
  for (let i = 0; i < 4; i++) await send({ port }, 'GET', '/v2/team/app/manifests/v1')
  const pulls = async (to: number): Promise<number> => (await vars(to)).metrics.operations['manifest-pull'].requests
  await untilAnswered(async () => (await pulls(first)) === 4, 'the numbers of both', LONG_MS)
  assert.equal((await pulls(first + 1)) + (await pulls(first + 2)), 4)

  // The one that takes its place has its port.
  const [victim = 0] = pids
  process.kill(victim, 'SIGKILL')
  const replaced = async (): Promise<boolean> => {
    const answered = await vars(first + 1).catch(() => undefined)
    return answered !== undefined && answered.process.pid !== victim
  }
  await untilAnswered(replaced, 'the debug server of the next', LONG_MS)
  primary.signal('SIGTERM')
  assert.equal((await primary.ended).code, 0)
})

test('a DEBUG_PORT that leaves none for the workers is told at start', async (t) => {
  const environment = { ...plainHttp(await freePort()), DEBUG_PORT: '65534', WORKERS: '2' }
  const { code, stderr } = await new ProxyProcess(t, environment).ended
  assert.equal(code, 1)
  assert.equal(
    stderr,
    'ecr-reverse-proxy: DEBUG_PORT: 65534 leaves no ports for 2 workers; expected one up to 65533, or off\n',
  )
})
