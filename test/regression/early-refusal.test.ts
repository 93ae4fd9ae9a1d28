// docs/request-handling.md: 21
// An upstream that refuses an upload before it has read the body was lost on the client: the proxy closed the connection
// with unread bytes in it, the kernel answered the next ones with a reset, and the client saw a broken pipe, not the status.
import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { type TestContext, test } from 'node:test'
import { Agent, request as undiciRequest } from 'undici'
import { registryError } from '../simulator/registry-errors.ts'
import { replyTo } from '../simulator/client.ts'
import { open, send } from '../support/http-client.ts'
import { type Pair, startPair } from '../support/pair.ts'
import { RawClient } from '../support/raw-client.ts'
import { startUpload } from '../support/registry-client.ts'

const MIB = 1024 * 1024
const BODY = Buffer.alloc(16 * MIB)

const refusals: [upstream: number, client: number, code: string][] = [
  [401, 503, 'UNAVAILABLE'],
  [403, 403, 'DENIED'],
  [413, 413, 'SIZE_INVALID'],
  [503, 503, 'UNAVAILABLE'],
]

function refuse({ simulator }: Pair, status: number, code: string): void {
  const { body, headers } = registryError(status, code, 'refused early')
  const action = { kind: 'status', status, headers: { ...headers }, body: String(body) } as const
  simulator.faults.add({ method: 'PATCH', action })
}

async function pairWithUpload(t: TestContext): Promise<Pair & { location: string }> {
  const pair = await startPair(t)
  return { ...pair, location: await startUpload(pair.proxy, 'team/app') }
}

function chunksOf(body: Buffer): Readable {
  return Readable.from(
    Array.from({ length: body.length / (64 * 1024) }, (_, i) => body.subarray(i * 65536, (i + 1) * 65536)),
  )
}

for (const [upstream, expected, code] of refusals) {
  test(`${upstream} before the body of a large PATCH reaches a raw client as ${expected}, with a length and in chunks`, async (t) => {
    const pair = await pairWithUpload(t)
    for (const chunked of [false, true]) {
      refuse(pair, upstream, code)
      const client = await RawClient.connect(t, pair.proxy)
      const framing = chunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${BODY.length}`
      client.write(`PATCH ${pair.location} HTTP/1.1\r\nHost: x\r\n${framing}\r\n\r\n`)
      if (chunked) client.write(`${BODY.length.toString(16)}\r\n`)
      client.socket.write(BODY)
      if (chunked) client.write('\r\n0\r\n\r\n')
      const answer = await client.answer('PATCH')
      assert.equal(answer.status, expected)
      assert.equal(JSON.parse(answer.body).errors[0].code, code)
      // The rest of the body has been read, so the connection may serve again.
      client.write('GET /v2/ HTTP/1.1\r\nHost: x\r\n\r\n')
      assert.equal((await client.answer()).status, 200)
    }
  })

  test(`${upstream} before the body of a large PATCH reaches fetch, undici and node:http as ${expected}`, async (t) => {
    const pair = await pairWithUpload(t)
    const { proxy, location } = pair
    const url = `${proxy.origin}${location}`
    refuse(pair, upstream, code)
    const fetched = await fetch(url, { method: 'PATCH', body: BODY })
    assert.equal(fetched.status, expected)
    assert.match(await fetched.text(), new RegExp(code))

    const dispatcher = new Agent()
    t.after(() => dispatcher.close())
    refuse(pair, upstream, code)
    const streamed = await undiciRequest(url, { method: 'PATCH', body: chunksOf(BODY), dispatcher })
    assert.equal(streamed.statusCode, expected)
    assert.match(await streamed.body.text(), new RegExp(code))

    refuse(pair, upstream, code)
    assert.equal((await send(proxy, 'PATCH', location, { body: BODY })).status, expected)
  })
}

test('a refusal comes while the client is still sending, and does not wait for its last byte', async (t) => {
  const pair = await pairWithUpload(t)
  refuse(pair, 403, 'DENIED')
  const patch = open(pair.proxy, 'PATCH', pair.location)
  const answered = replyTo(patch)
  patch.write(BODY.subarray(0, MIB))
  const { status, body } = await answered
  assert.equal(status, 403)
  assert.match(body, /refused early/)
  patch.end()
})

test('a refusal of our own comes before the body, too', async (t) => {
  const { proxy } = await startPair(t)
  for (const path of [
    '/v2/team/app/manifests/v1',
    '/v2/Team/app/blobs/uploads/1',
    '/v2/team/app/blobs/uploads/a%2Fb',
  ]) {
    const reply = await send(proxy, path.endsWith('v1') ? 'PUT' : 'PATCH', path, { body: BODY })
    assert.ok([400, 404, 413].includes(reply.status), String(reply.status))
  }
  assert.equal((await send(proxy, 'POST', '/v2/', { body: BODY })).status, 405)
  assert.equal((await send(proxy, 'POST', '/elsewhere', { body: BODY })).status, 404)
})

test('an upstream that refuses and hangs up with the body unread: a status, not a reset', async (t) => {
  const { simulator, proxy, location } = await pairWithUpload(t)
  const { body, headers } = registryError(403, 'DENIED', 'refused early')
  const action = { kind: 'status', status: 403, headers: { ...headers }, body: String(body), thenClose: true } as const
  simulator.faults.add({ method: 'PATCH', times: 10, action })
  for (let i = 0; i < 5; i++) {
    const { status } = await send(proxy, 'PATCH', location, { body: BODY })
    // The upstream's reset may overtake its own answer.
    assert.ok(status === 403 || status === 502, String(status))
  }
})
