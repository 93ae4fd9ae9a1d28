import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { RequestListener } from 'node:http'
import { createServer } from 'node:https'
import { test, type TestContext } from 'node:test'
import { coldConnections, download, type Target, upload } from '../../bench/load.ts'
import { makeCertificates } from '../support/certificates.ts'

async function subject(t: TestContext, answer: RequestListener): Promise<Target> {
  const { ca, cert, key } = await makeCertificates(['localhost'])
  const server = createServer({ cert, key }, answer).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  const address = server.address()
  return { origin: `https://localhost:${typeof address === 'object' && address !== null ? address.port : 0}`, ca }
}

test('a transfer that is whole and 2xx counts', async (t) => {
  const target = await subject(t, (request, response) => {
    request.resume().on('end', () => response.writeHead(request.method === 'GET' ? 200 : 201).end('0123456789'))
  })
  await download(target, '/layer', 10)
  await upload(target, 'PATCH', 1000)
  await upload(target, 'PUT', 1000)
  await coldConnections(target, '/manifest', 1)
})

// A subject that refused everything had the cheapest GiB of all.
test('an answer that is not 2xx is no transfer, and no connection', async (t) => {
  const target = await subject(t, (request, response) => {
    request.resume().on('end', () => response.writeHead(request.method === 'GET' ? 503 : 502).end())
  })
  await assert.rejects(download(target, '/layer', 0), /^Error: GET \/layer was answered 503$/)
  await assert.rejects(upload(target, 'PATCH', 1000), /^Error: PATCH .* was answered 502$/)
  await assert.rejects(upload(target, 'PUT', 1000), /^Error: PUT .* was answered 502$/)
  await assert.rejects(coldConnections(target, '/manifest', 1), /^Error: GET \/manifest was answered 503$/)
})

test('a body of another length than was asked for is no download', async (t) => {
  const target = await subject(t, (_request, response) => response.end('01234'))
  await assert.rejects(download(target, '/layer', 10), /^Error: GET \/layer came with 5 bytes, expected 10$/)
})
