import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { test } from 'node:test'
import { buildStatusApp } from '../../src/app.ts'
import { recorderOf } from '../metrics/recorder-of.ts'

// Fastify's own body parsers waited without limit for a body that did not come, before they answered.
test('the status listener answers what it does not know without waiting for its body', async (t) => {
  const sources = { snapshot: () => recorderOf().snapshot(), pool: () => undefined, tokenRefreshInMs: () => undefined }
  const status = await buildStatusApp({ notReady: () => undefined, warning: () => undefined }, sources)
  t.after(() => status.close())
  await status.listen({ host: '127.0.0.1', port: 0 })
  const address = status.server.address()
  const socket = connect(typeof address === 'object' && address !== null ? address.port : 0, '127.0.0.1')
  t.after(() => socket.destroy())
  socket.write('POST /nothing HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n')
  const [answer] = await once(socket, 'data')
  assert.match(String(answer), /^HTTP\/1\.1 404 /)
})
