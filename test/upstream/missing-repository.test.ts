// docs/request-handling.md: 14
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { errors } from 'undici'
import { ClientGoneError } from '../../src/client/presence.ts'
import { RegistryError } from '../../src/registry/errors.ts'
import { parseRegistryRequest } from '../../src/registry/parse.ts'
import type { RegistryRequest } from '../../src/registry/request.ts'
import { explainClosed } from '../../src/upstream/missing-repository.ts'

const POST = parseRegistryRequest('POST', '/v2/team/app/blobs/uploads/')
const UNKNOWN = '{"errors":[{"code":"NAME_UNKNOWN","message":"The repository with name \'x\' does not exist"}]}'

async function explained(status: number, body: string, request = POST): Promise<RegistryError> {
  const error = await explainClosed(request, async () => ({ status, body }))
  assert.ok(error instanceof RegistryError)
  return error
}

test('a missing repository is 404, with what to do about it', async () => {
  const { status, code, message } = await explained(404, UNKNOWN)
  assert.deepEqual([status, code], [404, 'NAME_UNKNOWN'])
  assert.match(message, /^the repository 'team\/app' does not exist in ECR: create it \(aws ecr create-repository --/)
  assert.match(message, /repository creation template/)
})

test('the probe asks for a manifest of that repository by a tag that nobody uses', async () => {
  const probes: RegistryRequest[] = []
  const ask = async (probe: RegistryRequest) => {
    probes.push(probe)
    return { status: 404, body: '' }
  }
  await explainClosed(POST, ask)
  await explainClosed(POST, ask)
  const references = probes.map((probe) => {
    assert.deepEqual(
      probe,
      parseRegistryRequest('GET', `/v2/team/app/manifests/${'reference' in probe && probe.reference}`),
    )
    return 'reference' in probe ? probe.reference : ''
  })
  assert.match(references[0] ?? '', /^ecr-reverse-proxy-probe-[0-9a-f-]{36}$/)
  assert.notEqual(references[0], references[1])
})

for (const [status, body] of [
  [404, '{"errors":[{"code":"MANIFEST_UNKNOWN","message":"Requested image not found"}]}'],
  [404, 'NAME_UNKNOWN'],
  [404, ''],
  [400, UNKNOWN],
  [403, UNKNOWN],
  [200, UNKNOWN],
] as const) {
  test(`${status} ${body.slice(0, 40)} proves nothing: 502`, async () => {
    assert.equal((await explained(status, body)).status, 502)
  })
}

test('what is in no repository is not asked about', async () => {
  const { status } = await explained(404, UNKNOWN, parseRegistryRequest('GET', '/v2/_catalog'))
  assert.equal(status, 502)
})

test('a probe that fails proves nothing: 502', async () => {
  const error = await explainClosed(POST, async () => {
    throw new errors.HeadersTimeoutError()
  })
  assert.ok(error instanceof RegistryError)
  assert.deepEqual(
    [error.status, error.message],
    [502, 'the upstream registry closed the connection without an answer'],
  )
})

// A client that left during the probe was logged as a failure of the upstream.
test('a client that leaves during the probe has left, and nothing failed', async () => {
  const gone = new ClientGoneError('the client left')
  const error = await explainClosed(POST, async () => {
    throw gone
  })
  assert.equal(error, gone)
})
