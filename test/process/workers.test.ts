import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { replyTo, simulatorFor } from '../simulator/client.ts'
import { digestOf } from '../simulator/store.ts'
import { emfEventsIn, emfTotal } from '../support/emf.ts'
import { open, send } from '../support/http-client.ts'
import { assertNoSecrets } from '../support/pair.ts'
import { pushImage, startUpload } from '../support/registry-client.ts'
import { until } from '../support/until.ts'
import { childrenOf, isAlive, LONG_MS, startCrew, untilRefused } from './crew-process.ts'
import { freePort, freePorts, plainHttp, ProxyProcess, takenPort } from './proxy-process.ts'

const DIED = 'a worker died; another one takes its place'

test('two workers serve a push and pulls between them, with one token fetch, and the primary serves none', async (t) => {
  const simulator = await simulatorFor(t, { createOnPush: true })
  const { primary, port, status, workers } = await startCrew(t, simulator)
  for (const to of [port, status]) {
    await until(() => primary.lines('token obtained').length === 1, 'the token', LONG_MS)
    assert.equal((await send({ port: to }, 'GET', '/readyz')).status, 200)
    assert.equal((await send({ port: to }, 'GET', '/healthz')).status, 200)
  }
  const digest = await pushImage({ port }, 'team/app', 'v1', [randomBytes(200_000), randomBytes(1000)])
  for (let i = 0; i < 4; i++) {
    const pull = await send({ port }, 'GET', '/v2/team/app/manifests/v1')
    assert.equal(digestOf(pull.body), digest)
  }
  const requests = (): Record<string, unknown>[] => primary.lines('request')
  await until(() => requests().filter(({ kind }) => kind === 'manifest').length >= 5, 'the access lines', LONG_MS)
  assert.deepEqual(new Set(requests().map(({ pid }) => pid)), new Set(workers()))
  assert.equal(workers().length, 2)
  assert.equal(simulator.tokens.calls, 1)
  assert.equal(primary.lines('token obtained').length, 1)
  primary.signal('SIGTERM')
  const { code, stdout, stderr } = await primary.ended
  assert.equal(code, 0)
  assert.equal(stderr, '')
  assertNoSecrets(stdout, simulator)
})

test('a token that is refused to both workers is renewed once', async (t) => {
  const simulator = await simulatorFor(t, { createOnPush: true })
  const { port } = await startCrew(t, simulator)
  await pushImage({ port }, 'team/app', 'v1', [randomBytes(100)])
  simulator.tokens.revokeAll()
  simulator.faults.add({ listener: 'api', action: { kind: 'delay', ms: 200 } })
  const pulls = Array.from({ length: 20 }, () => send({ port }, 'GET', '/v2/team/app/manifests/v1'))
  assert.deepEqual(new Set((await Promise.all(pulls)).map((pull) => pull.status)), new Set([200]))
  assert.equal(simulator.tokens.calls, 2)
})

// What waited for the reader went out in pieces larger than a pipe keeps whole, and lines of one worker stood within those of the other.
test('no line of two workers is torn when nobody reads them for a while', async (t) => {
  const simulator = await simulatorFor(t)
  const { primary, port } = await startCrew(t, simulator)
  primary.readNoMore()
  const headers = { 'User-Agent': 'a'.repeat(200) }
  const lane = async (): Promise<void> => {
    for (let i = 0; i < 100; i++) await send({ port }, 'GET', '/v2/', { headers })
  }
  await Promise.all(Array.from({ length: 24 }, lane))
  primary.readOn()
  primary.signal('SIGTERM')
  const { code, stdout } = await primary.ended
  assert.equal(code, 0)
  const torn = stdout.split('\n').filter((line) => !/^(?:\{.*\})?$/.test(line) || line.includes('}{'))
  assert.deepEqual(torn, [])
  assert.equal(stdout.match(/"msg":"request"/g)?.length, 2400)
})

test('a worker that is killed under load is told and replaced, and the others serve on', async (t) => {
  const simulator = await simulatorFor(t, { createOnPush: true })
  const { primary, port, workers } = await startCrew(t, simulator)
  await pushImage({ port }, 'team/app', 'v1', [randomBytes(100)])
  const [victim = 0, survivor] = workers()
  const load = { on: true, served: 0 }
  t.after(() => {
    load.on = false
  })
  const failures: unknown[] = []
  const lane = async (): Promise<void> => {
    while (load.on) {
      const done = await send({ port }, 'GET', '/v2/team/app/manifests/v1').catch((error: unknown) => error)
      if (typeof done === 'object' && done !== null && 'status' in done && done.status === 200) load.served += 1
      else failures.push(done)
    }
  }
  const lanes = Promise.all(Array.from({ length: 4 }, lane))
  await until(() => load.served > 20, 'load', LONG_MS)
  process.kill(victim, 'SIGKILL')
  const { worker, signal, restartInMs, level } = await primary.logged(DIED)
  assert.deepEqual(
    { worker, signal, restartInMs, level },
    { worker: victim, signal: 'SIGKILL', restartInMs: 1000, level: 50 },
  )
  const newcomer = await until(() => workers().find((pid) => pid !== victim && pid !== survivor), 'another', LONG_MS)
  const isServing = (): boolean => primary.lines('request').some(({ pid }) => pid === newcomer)
  await until(isServing, 'the new worker at work', LONG_MS)
  load.on = false
  await lanes
  // What the victim had in hand, at most.
  assert.ok(failures.length <= 4, `${failures.length} failures`)
  assert.equal(simulator.tokens.calls, 1)
  primary.signal('SIGTERM')
  assert.equal((await primary.ended).code, 0)
})

test('SIGTERM drains all workers: uploads in flight finish, and nothing is left behind', async (t) => {
  const simulator = await simulatorFor(t, { createOnPush: true })
  const { primary, port, status, workers } = await startCrew(t, simulator)
  const pids = workers()
  const layer = randomBytes(300_000)
  const uploads = await Promise.all([0, 1, 2, 3].map(() => startUpload({ port }, 'team/app')))
  const patches = uploads.map((location) => open({ port }, 'PATCH', location))
  const replies = patches.map(replyTo)
  for (const patch of patches) patch.write(layer.subarray(0, 100_000))
  const arrived = (): boolean => simulator.requests.filter(({ method }) => method === 'PATCH').length === 4
  await until(arrived, 'four uploads', LONG_MS)
  primary.signal('SIGTERM')
  await until(() => primary.lines('shutting down').length === 2, 'both workers on their way out', LONG_MS)
  const { body } = await send({ port: status }, 'GET', '/readyz')
  assert.deepEqual(JSON.parse(body), { status: 'not ready', reason: 'shutting down' })
  // One that comes while the listener closes may be reset instead.
  await untilRefused(port)
  for (const patch of patches) patch.end(layer.subarray(100_000))
  for (const reply of replies) assert.equal((await reply).status, 202)
  assert.equal((await primary.ended).code, 0)
  assert.deepEqual(
    primary.lines('shut down').map(({ cut }) => cut),
    [0, 0],
  )
  assert.equal(primary.lines('all workers have ended')[0]?.['clean'], true)
  assert.deepEqual(pids.filter(isAlive), [])
})

test('a worker that has to cut a request makes the exit code 1, and the request is counted', async (t) => {
  const simulator = await simulatorFor(t, { createOnPush: true })
  const environment = { SHUTDOWN_TIMEOUT: '100ms', METRICS: 'emf' }
  const { primary, port } = await startCrew(t, simulator, { environment })
  const patch = open({ port }, 'PATCH', await startUpload({ port }, 'team/app'))
  const cut = assert.rejects(replyTo(patch), { code: 'ECONNRESET' })
  patch.write(randomBytes(1000))
  await simulator.waitForRequest(({ method, bodyBytes }) => method === 'PATCH' && bodyBytes > 0)
  primary.signal('SIGTERM')
  await cut
  assert.equal((await primary.ended).code, 1)
  assert.equal(primary.lines('all workers have ended')[0]?.['clean'], false)
  assert.equal(primary.lines('request').filter(({ aborted }) => aborted === true).length, 1)
  assert.equal(emfTotal(emfEventsIn(primary.stdout), 'Requests', { Operation: 'layer-push' }), 2)
})

test('a worker that dies during the drain does not hang it', async (t) => {
  const simulator = await simulatorFor(t)
  const { primary, workers } = await startCrew(t, simulator, { environment: { SHUTDOWN_DELAY: '10m' } })
  primary.signal('SIGTERM')
  await until(() => primary.lines('shutting down').length === 2, 'both workers on their way out', LONG_MS)
  for (const pid of workers()) process.kill(pid, 'SIGKILL')
  assert.equal((await primary.ended).code, 1)
  assert.equal(primary.lines(DIED).length, 0)
})

test('a second signal ends all processes at once', async (t) => {
  const simulator = await simulatorFor(t)
  const { primary, workers } = await startCrew(t, simulator, { environment: { SHUTDOWN_DELAY: '10m' } })
  const pids = workers()
  primary.signal('SIGTERM')
  await until(() => primary.lines('shutting down').length === 2, 'both workers on their way out', LONG_MS)
  assert.equal((await primary.insist('SIGTERM')).code, 1)
  await until(() => !pids.some(isAlive), 'the end of the workers', LONG_MS)
})

test('a Ctrl-C that reaches every process of the group drains as one at the primary alone', async (t) => {
  const simulator = await simulatorFor(t, { createOnPush: true })
  const { primary, port, workers } = await startCrew(t, simulator)
  const patch = open({ port }, 'PATCH', await startUpload({ port }, 'team/app'))
  const reply = replyTo(patch)
  patch.write(randomBytes(1000))
  await simulator.waitForRequest(({ method, bodyBytes }) => method === 'PATCH' && bodyBytes > 0)
  // The workers first, so that one that took the signal for itself would be seen to die.
  for (const pid of [...workers(), primary.pid]) process.kill(pid, 'SIGINT')
  await until(() => primary.lines('shutting down').length === 2, 'both workers on their way out', LONG_MS)
  patch.end()
  assert.equal((await reply).status, 202)
  assert.equal((await primary.ended).code, 0)
  assert.equal(primary.lines(DIED).length, 0)
})

test('without its primary a worker ends: nothing is left behind', async (t) => {
  const simulator = await simulatorFor(t)
  const { primary, workers } = await startCrew(t, simulator)
  const pids = workers()
  assert.equal(pids.length, 2)
  primary.signal('SIGKILL')
  await until(() => !pids.some(isAlive), 'the end of the workers', LONG_MS)
})

test('a worker that fails lets its upload end, and another one listens before that', async (t) => {
  const simulator = await simulatorFor(t, { createOnPush: true })
  const preload = `process.on('SIGUSR2', () => { throw new Error('planted') })`
  const debugPort = await freePorts(3)
  const environment = { DEBUG_PORT: String(debugPort) }
  const { primary, port, workers } = await startCrew(t, simulator, { preload, environment })
  const listening = (): number => primary.lines(`listening on 127.0.0.1 port ${port}`).length
  // Of the primary and its workers.
  const debugServers = (): number =>
    [0, 1, 2].flatMap((n) => primary.lines(`debug server on http://127.0.0.1:${debugPort + n}/debug/`)).length
  await until(() => debugServers() === 3, 'the debug servers', LONG_MS)
  const upload = open({ port }, 'PATCH', await startUpload({ port }, 'team/app'))
  const reply = replyTo(upload)
  upload.write('half of ')
  await simulator.waitForRequest(({ method, bodyBytes }) => method === 'PATCH' && bodyBytes === 8)
  for (const victim of workers()) process.kill(victim, 'SIGUSR2')
  await until(() => primary.lines('unexpected failure; shutting down').length === 2, 'both failures', LONG_MS)
  await until(() => listening() === 4, 'the replacements', LONG_MS)
  await until(() => debugServers() === 5, 'their debug servers, on the same ports', LONG_MS)
  upload.end('a layer')
  assert.equal((await reply).status, 202)
  const told = primary.lines('a worker fails and ends; another one takes its place')
  assert.equal(told.length, 2)
  assert.equal(primary.lines(DIED).length, 0)
})

for (const [what, environment] of [
  ['PORT', (taken: number, free: number) => ({ ...plainHttp(taken), STATUS_PORT: String(free) })],
  ['STATUS_PORT', (taken: number, free: number) => ({ ...plainHttp(free), STATUS_PORT: String(taken) })],
] as const) {
  test(`a ${what} in use is told once, and ends it with 1`, async (t) => {
    const { port, close } = await takenPort()
    t.after(close)
    const child = new ProxyProcess(t, { ...environment(port, await freePort()), WORKERS: '4' })
    const { code, stderr } = await child.ended
    assert.equal(code, 1)
    assert.equal(stderr, `ecr-reverse-proxy: ${what}: ${port} is in use; expected a free port on 127.0.0.1\n`)
  })
}

test('wrong configuration is told once, by the primary', async (t) => {
  const { code, stdout, stderr } = await new ProxyProcess(t, { ...plainHttp(5000), WORKERS: '4', LOG_LEVEL: 'loud' })
    .ended
  assert.equal(code, 1)
  assert.equal(stdout, '')
  assert.match(stderr, /^ecr-reverse-proxy: LOG_LEVEL: "loud" is not allowed; [^\n]+\n$/)
})

test('a first worker that dies before it listens is told, and ends all with 1', async (t) => {
  const port = await freePort()
  const preload = `import cluster from 'node:cluster'
if (cluster.isWorker) process.kill(process.pid, 'SIGKILL')`
  const child = new ProxyProcess(t, { ...plainHttp(port), WORKERS: '2' }, { preload })
  const { signal } = await child.logged('the first worker died before it listened')
  assert.equal(signal, 'SIGKILL')
  assert.equal((await child.ended).code, 1)
})

test('one worker is one process, without node:cluster', async (t) => {
  const port = await freePort()
  const preload = `
    import { register } from 'node:module'
    const hooks = "export async function resolve(name, context, next) {" +
      "if (name === 'node:cluster') throw new Error('node:cluster was asked for'); return next(name, context) }"
    register('data:text/javascript,' + encodeURIComponent(hooks))`
  for (const environment of [{}, { WORKERS: '1' }]) {
    const child = new ProxyProcess(t, { ...plainHttp(port), ...environment }, { preload })
    await child.logged(`listening on 127.0.0.1 port ${port}`)
    assert.deepEqual(childrenOf(child.pid), [])
    child.signal('SIGTERM')
    assert.equal((await child.ended).code, 0)
  }
})
