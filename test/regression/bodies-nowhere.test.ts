// docs/request-handling.md: 3, 21
// Where nothing is, Fastify read a JSON or text body before it answered: a client that announced one and never sent it
// was waited for without limit, one that sent half an object was told that its request is not valid.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startPair } from '../support/pair.ts'
import { RawClient } from '../support/raw-client.ts'

for (const type of ['application/json', 'text/plain', 'application/octet-stream']) {
  test(`a body of type ${type} is not waited for where nothing is`, async (t) => {
    const { proxy } = await startPair(t)
    for (const [line, status] of [
      ['POST /nothing', 404],
      ['POST /healthz', 404],
      ['OPTIONS /v2/team/app/tags/list', 405],
    ] as const) {
      const client = await RawClient.connect(t, proxy)
      client.write(`${line} HTTP/1.1\r\nHost: localhost\r\nContent-Type: ${type}\r\nContent-Length: 10\r\n\r\n{`)
      assert.equal((await client.answer()).status, status)
      client.socket.destroy()
    }
  })
}
