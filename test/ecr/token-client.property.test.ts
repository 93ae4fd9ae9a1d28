import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { after } from 'node:test'
import { ECRClient } from '@aws-sdk/client-ecr'
import * as fc from 'fast-check'
import { SdkCalls } from '../../src/aws/sdk-calls.ts'
import { issueToken } from '../../src/ecr/token-client.ts'
import { errorForLog } from '../../src/log.ts'
import { property } from '../fuzz/property.ts'

const SECRET = 'QVdTOmV5SndZWGxzYjJGa0lqb2lRVUZCUVVGQlFVRkJRVUZCUVVGQg=='

interface Answer {
  status: number
  headers: Record<string, string>
  body: string | Uint8Array
}

let answer: Answer = { status: 200, headers: {}, body: '' }
const server = createServer((request, response) => {
  request.resume().on('end', () => {
    response.writeHead(answer.status, answer.headers)
    response.end(answer.body)
  })
}).listen(0, '127.0.0.1')
await once(server, 'listening')
const address = server.address()
const port = typeof address === 'object' && address !== null ? address.port : 0
const client = new ECRClient({
  endpoint: `http://127.0.0.1:${port}`,
  credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
  region: 'us-east-1',
  maxAttempts: 1,
})
after(() => {
  client.destroy()
  server.closeAllConnections()
  server.close()
})

const token = fc.oneof(
  fc.constant(SECRET),
  fc.base64String(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom(null, 5, `${SECRET}\r\nX-Evil: 1`, ` ${SECRET}`),
)
const expiry = fc.oneof(
  fc.double(),
  fc.integer({ min: 1_700_000_000, max: 2_000_000_000 }),
  fc.constantFrom(null, 1e300, -1, '2030-01-01T00:00:00Z', 'soon', {}, []),
)
const data = fc.record(
  { authorizationToken: token, expiresAt: expiry, proxyEndpoint: fc.string() },
  { requiredKeys: [] },
)
const json = fc
  .oneof(
    fc.record({ authorizationData: fc.oneof(fc.array(data, { maxLength: 2 }), data, fc.jsonValue()) }),
    fc.record({ __type: fc.string(), message: fc.string(), authorizationData: fc.array(data, { maxLength: 1 }) }),
    fc.jsonValue(),
  )
  .map((value) => JSON.stringify(value))
const cut = fc.tuple(json, fc.nat()).map(([text, length]) => text.slice(0, length % (text.length + 1)))
const body = fc.oneof({ weight: 4, arbitrary: json }, cut, fc.string(), fc.uint8Array({ maxLength: 64 }))
const headers = fc.constantFrom(
  {},
  { 'Content-Type': 'application/x-amz-json-1.1' },
  { 'Content-Type': 'text/html', 'X-Amzn-ErrorType': 'a:b#c' },
  { Date: 'yesterday' },
)
const status = fc.oneof(
  { weight: 3, arbitrary: fc.constant(200) },
  fc.constantFrom(201, 204, 302, 400, 403, 429, 500, 503),
)

property(
  'whatever the ECR API answers: a token that is a header value and lives for a known time, or an error that does not tell it',
  fc.asyncProperty(fc.record({ status, headers, body }), async (given) => {
    answer = given
    try {
      const { value, lifetimeMs } = await issueToken(new SdkCalls(() => client))
      assert.match(value, /^[A-Za-z0-9+/=_-]+$/)
      assert.ok(Number.isFinite(lifetimeMs), `${lifetimeMs}`)
    } catch (error) {
      if (error instanceof assert.AssertionError) throw error
      assert.ok(error instanceof Error)
      const logged = JSON.stringify(errorForLog(error))
      for (let i = 0; i + 20 <= SECRET.length; i += 1) assert.ok(!logged.includes(SECRET.slice(i, i + 20)), logged)
    }
  }),
  { cost: 100 },
)
