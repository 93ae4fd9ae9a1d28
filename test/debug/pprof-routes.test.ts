import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, get } from 'node:http'
import { test } from 'node:test'
import Fastify from 'fastify'
import { Profiler } from '../../src/debug/profiler.ts'
import { debugPprofRoutes } from '../../src/routes/debug-pprof.ts'
import { untilAnswered } from '../support/until.ts'

// The first request of a process waits until the debug server is loaded. Its response had closed by then, and told nobody.
test('no profile is taken for a client that left before its request was looked at', async (t) => {
  const profiler = new Profiler()
  const app = Fastify()
  await app.register(debugPprofRoutes, { profiler })
  await app.ready()
  const server = createServer((request, response) => {
    response.once('close', () => app.routing(request, response))
  }).listen(0, '127.0.0.1')
  t.after(() => server.close())
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : assert.fail()
  const asked = once(server, 'request')
  const leaving = get({ host: '127.0.0.1', port, path: '/debug/pprof/profile?seconds=300' })
  leaving.on('error', () => {})
  const [, response] = await asked
  leaving.destroy()
  await once(response, 'close')
  const nobody = new AbortController().signal
  await untilAnswered(async () => profiler.cpu(1, nobody, () => {}).then(Boolean, () => false), 'a profile')
})
