import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { test } from 'node:test'
import { buildApp, buildStatusApp } from '../../src/app.ts'
import { loadConfig } from '../../src/config/load.ts'

// Fastify's own body parsers waited without limit for a body that did not come, before they answered.
test('the status listener answers what it does not know without waiting for its body', async (t) => {
  const ECR_REGISTRY = '123456789012.dkr.ecr.us-east-1.amazonaws.com'
  const app = await buildApp(loadConfig({ ECR_REGISTRY, REGISTRY: 'localhost', TLS: 'off', LOG_LEVEL: 'silent' }))
  t.after(() => app.close())
  const status = await buildStatusApp(app)
  await status.listen({ host: '127.0.0.1', port: 0 })
  const address = status.server.address()
  const socket = connect(typeof address === 'object' && address !== null ? address.port : 0, '127.0.0.1')
  t.after(() => socket.destroy())
  socket.write('POST /nothing HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n')
  const [answer] = await once(socket, 'data')
  assert.match(String(answer), /^HTTP\/1\.1 404 /)
})
