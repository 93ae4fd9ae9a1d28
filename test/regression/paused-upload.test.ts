// Node gives the requests of a TLS server 64 KiB of buffer, since Node 22, and lets nobody set it there: each upload that
// waited for its upstream held more than it had to. With Node 20, whose default this is, the test cannot fail.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { STREAM_BUFFER_BYTES } from '../../src/limits.ts'
import { createServer } from '../../src/server.ts'
import { load } from '../config/environment.ts'
import { makeCertificates } from '../support/certificates.ts'

test('a request over TLS that is paused asks for no more once it holds one record', async (t) => {
  const { cert, key, ca } = await makeCertificates(['localhost'])
  const marks: number[] = []
  const server = createServer({ ...load({}), tls: { cert, key } }, (incoming, outgoing: ServerResponse) => {
    marks.push(incoming.readableHighWaterMark)
    outgoing.end()
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.after(() => server.close())
  const { port }: AddressInfo = Object(server.address())
  const request = https.get({ port, host: 'localhost', ca, agent: false })
  const [response] = await once(request, 'response')
  await once(response.resume(), 'end')
  assert.deepEqual(marks, [STREAM_BUFFER_BYTES])
})
