// With all descriptors in use, process.memoryUsage() throws EMFILE: Node reads /proc for it. @fastify/under-pressure calls it
// from a timer, so the proxy ended at once, and with it every transfer, instead of refusing what was new.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LONG_MS, startCrew } from '../process/crew-process.ts'
import { freePort, freePorts, plainHttp, ProxyProcess } from '../process/proxy-process.ts'
import { simulatorFor } from '../simulator/client.ts'
import { send } from '../support/http-client.ts'
import { until } from '../support/until.ts'

/** process.memoryUsage() of a process that has no descriptor left from its fourth call on; says so on stdout. */
const NO_DESCRIPTORS = `
  const { memoryUsage } = process
  let calls = 0
  process.memoryUsage = Object.assign(() => {
    calls += 1
    if (calls < 4) return memoryUsage()
    if (calls === 6) process.stdout.write('{"msg":"memory could not be read"}\\n')
    throw Object.assign(new Error('EMFILE: too many open files, uv_resident_set_memory'), { code: 'EMFILE' })
  }, { rss: memoryUsage.rss })`

test('a process without a free descriptor lives, and goes on serving', async (t) => {
  const port = await freePort()
  const proxy = new ProxyProcess(t, plainHttp(port), { preload: NO_DESCRIPTORS })
  await proxy.logged('memory could not be read')
  const { status } = await send({ port }, 'GET', '/healthz')
  assert.equal(status, 200)
  proxy.signal('SIGTERM')
  const { code, stderr } = await proxy.ended
  assert.equal(code, 0)
  assert.equal(stderr, '')
})

// It accepts the connections of all workers, so that it is the first one without a descriptor, and measured its memory unprotected.
test('so does a primary with its workers', async (t) => {
  const environment = { DEBUG_PORT: String(await freePorts(3)) }
  const { primary, port } = await startCrew(t, await simulatorFor(t), { environment, preload: NO_DESCRIPTORS })
  await until(() => primary.lines('memory could not be read').length === 3, 'all three processes', LONG_MS)
  assert.equal((await send({ port }, 'GET', '/healthz')).status, 200)
  primary.signal('SIGTERM')
  assert.equal((await primary.ended).code, 0)
})
