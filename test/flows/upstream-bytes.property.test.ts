// docs/request-handling.md: 17 to 20
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { Agent, type IncomingMessage, request } from 'node:http'
import { after } from 'node:test'
import { createServer } from 'node:tls'
import * as fc from 'fast-check'
import { property } from '../fuzz/property.ts'
import { startSimulator } from '../simulator/simulator.ts'
import { makeCertificates } from '../support/certificates.ts'
import { startProxy } from '../support/proxy.ts'
import { simulatorConnector } from '../support/simulator-connector.ts'

const simulator = await startSimulator()
const account = simulator.registryHost.slice(0, 12)
const { ca, cert, key } = await makeCertificates([simulator.registryHost])

/** What the upstream writes, whatever it is asked, before it closes. */
let script = Buffer.alloc(0)
const upstream = createServer({ cert, key }, (socket) => {
  socket.on('error', () => undefined)
  socket.once('data', () => socket.end(script))
}).listen(0, '127.0.0.1')
await once(upstream, 'listening')
const address = upstream.address()
const registryPort = typeof address === 'object' && address !== null ? address.port : 0
const connector = simulatorConnector({ registryPort, ca })
const proxy = await startProxy(simulator, { dependencies: { connector, random: () => 0 } })
const agent = new Agent({ keepAlive: true })
after(async () => {
  agent.destroy()
  await proxy.close()
  upstream.close()
  await simulator.close()
})

interface Seen {
  status: number
  rawHeaders: string[]
  headers: NodeJS.Dict<string | string[]>
  body: Buffer
  whole: boolean
}

/** One request through the proxy; undefined where the connection broke before an answer. */
async function ask(method: string, path: string): Promise<Seen | undefined> {
  const outgoing = request({ host: '127.0.0.1', port: proxy.port, method, path, agent }).end()
  let response: IncomingMessage
  try {
    ;[response] = await once(outgoing, 'response')
  } catch {
    return undefined
  }
  const chunks: Buffer[] = []
  try {
    for await (const chunk of response) chunks.push(chunk)
  } catch {
    // A broken transfer is what `whole` tells.
  }
  const { statusCode: status = 0, rawHeaders, headers, complete: whole } = response
  return { status, rawHeaders, headers, body: Buffer.concat(chunks), whole }
}

// 401, and 429 and 503 with their waits, are the matter of other tests: they would take seconds here.
const status = fc.oneof(
  fc.constantFrom('200', '201', '204', '206', '304', '307', '400', '403', '404', '500', '502', '504'),
  fc
    .integer({ min: 200, max: 599 })
    .filter((code) => code !== 401 && code !== 429 && code !== 503)
    .map(String),
  fc.constantFrom('', '20', '99', '600', '999', '1000', 'abc', '100', '101'),
)
const latin1 = fc.string({ unit: fc.nat(255).map((code) => String.fromCharCode(code)), maxLength: 20 })
const visible = fc.string({ unit: fc.integer({ min: 32, max: 126 }).map((code) => String.fromCharCode(code)) })
const value = fc.oneof(
  { weight: 4, arbitrary: visible },
  latin1,
  fc.constantFrom(
    `https://${simulator.registryHost}/v2/a`,
    `<https://${simulator.registryHost}/v2/a>; rel="next"`,
    'close',
  ),
)
const name = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom(
      'Location',
      'Link',
      'Content-Type',
      'WWW-Authenticate',
      'X-Request-Id',
      'Connection',
      'ETag',
    ),
  },
  latin1,
)
const header = fc.tuple(name, value).map(([key, text]) => `${key}: ${text}\r\n`)
const body = fc.oneof(
  latin1,
  fc.constantFrom(
    `{"errors":[{"code":"DENIED","message":"arn:aws:iam::${account}:role/x ${account}"}]}`,
    `{"errors":[{"code":"DENIED","detail":{"${account}":${account}}}]}`,
    `<html>${account}</html>`,
  ),
)
/** How the body's end is told: right, wrongly, not at all. */
const framing = fc.constantFrom(
  (text: string) => `Content-Length: ${text.length}\r\n\r\n${text}`,
  (text: string) => `Content-Length: ${text.length + 1}\r\n\r\n${text}`,
  (text: string) => `Content-Length: ${text.length}, ${text.length}\r\n\r\n${text}`,
  (text: string) => `Content-Length: -1\r\n\r\n${text}`,
  (text: string) => `Transfer-Encoding: chunked\r\n\r\n${text.length.toString(16)}\r\n${text}\r\n0\r\n\r\n`,
  (text: string) => `Transfer-Encoding: chunked\r\n\r\n${text.length.toString(16)}\r\n${text}\r\n`,
  (text: string) => `Transfer-Encoding: chunked\r\n\r\nzz\r\n${text}`,
  (text: string) => `\r\n${text}`,
)
const asked = fc.constantFrom(
  ['GET', '/v2/team/app/manifests/v1'],
  ['HEAD', '/v2/team/app/manifests/v1'],
  ['GET', '/v2/team/app/tags/list'],
  ['POST', '/v2/team/app/blobs/uploads/'],
  ['DELETE', '/v2/team/app/manifests/v1'],
)

property(
  'whatever bytes the upstream answers: its own body, a registry error without account ids, or a broken transfer',
  fc.asyncProperty(
    asked,
    fc.record({ status, reason: latin1, headers: fc.array(header, { maxLength: 4 }), body, framing }),
    async ([method = '', path = ''], answer) => {
      const text = answer.body
      const head = `HTTP/1.1 ${answer.status} ${answer.reason}\r\n${answer.headers.join('')}`
      script = Buffer.from(head + answer.framing(text), 'latin1')
      const seen = await ask(method, path)
      if (seen === undefined || !seen.whole) return
      assert.ok(seen.headers['x-request-id'] !== undefined)
      assert.equal(seen.headers['www-authenticate'], undefined)
      assert.doesNotMatch(String(seen.headers['location']), /^https?:\/\/\d{12}\.dkr/)
      assert.doesNotMatch(String(seen.headers['link']), /<https?:\/\/\d{12}\.dkr/)
      if (seen.status < 400) {
        assert.ok(
          seen.body.length === 0 || seen.body.equals(Buffer.from(text, 'latin1')),
          'the body is not the upstream’s',
        )
        return
      }
      assert.equal(seen.headers['content-type'], 'application/json')
      if (method === 'HEAD') return
      const parsed = JSON.parse(seen.body.toString())
      assert.ok(Array.isArray(parsed.errors) && typeof parsed.errors[0].code === 'string')
      assert.ok(!seen.body.includes(account), seen.body.toString())
    },
  ),
  { cost: 100 },
)
