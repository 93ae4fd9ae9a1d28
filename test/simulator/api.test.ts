import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { test } from 'node:test'
import type { ECRClientConfig } from '@aws-sdk/client-ecr'
import { ECRClient, GetAuthorizationTokenCommand } from '@aws-sdk/client-ecr'
import { simulatorFor } from './client.ts'
import { accessDenied, throttlingException } from './fault-presets.ts'
import type { Simulator } from './simulator.ts'

const TARGET = 'AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken'

function clientFor(t: TestContext, simulator: Simulator, config: ECRClientConfig = {}): ECRClient {
  const { apiEndpoint: endpoint, credentials } = simulator
  const client = new ECRClient({ endpoint, credentials, region: 'us-east-1', maxAttempts: 1, ...config })
  t.after(() => client.destroy())
  return client
}

async function refusal(client: ECRClient): Promise<{ name: string; message: string; status: unknown }> {
  try {
    await client.send(new GetAuthorizationTokenCommand({}))
  } catch (error) {
    if (error instanceof Error && '$metadata' in error) {
      const metadata: unknown = error.$metadata
      const status = typeof metadata === 'object' && metadata !== null && 'httpStatusCode' in metadata
      return { name: error.name, message: error.message, status: status ? metadata.httpStatusCode : undefined }
    }
    throw error
  }
  throw new Error('was not refused')
}

test('the SDK with the right key gets a live token, its expiry and the canonical endpoint', async (t) => {
  const simulator = await simulatorFor(t, { registryHost: '123456789012.dkr-ecr.us-east-1.on.aws' })
  const before = Date.now()
  const { authorizationData } = await clientFor(t, simulator).send(new GetAuthorizationTokenCommand({}))
  const [data] = authorizationData ?? []
  assert.equal(simulator.tokens.isLive(data?.authorizationToken ?? ''), true)
  assert.equal(data?.proxyEndpoint, 'https://123456789012.dkr.ecr.us-east-1.amazonaws.com')
  const lifetimeMs = (data.expiresAt?.getTime() ?? 0) - before
  assert.ok(lifetimeMs >= 12 * 3_600_000 - 1 && lifetimeMs < 12 * 3_600_000 + 60_000, `${lifetimeMs} ms`)
  assert.equal(simulator.tokens.calls, 1)
})

test('registryIds choose the endpoints that are told', async (t) => {
  const simulator = await simulatorFor(t)
  const command = new GetAuthorizationTokenCommand({ registryIds: ['210987654321'] })
  const { authorizationData } = await clientFor(t, simulator).send(command)
  assert.equal(authorizationData?.[0]?.proxyEndpoint, 'https://210987654321.dkr.ecr.us-east-1.amazonaws.com')
})

test('a wrong key id', async (t) => {
  const simulator = await simulatorFor(t)
  const credentials = { ...simulator.credentials, accessKeyId: 'AKIAIOSFODNN7EXAMPLE' }
  assert.deepEqual(await refusal(clientFor(t, simulator, { credentials })), {
    name: 'UnrecognizedClientException',
    message: 'The security token included in the request is invalid.',
    status: 400,
  })
  assert.equal(simulator.tokens.calls, 0)
})

test('a wrong secret', async (t) => {
  const simulator = await simulatorFor(t)
  const credentials = { ...simulator.credentials, secretAccessKey: 'wrong' }
  const { name, message } = await refusal(clientFor(t, simulator, { credentials }))
  assert.equal(name, 'InvalidSignatureException')
  assert.match(
    message,
    /^The request signature we calculated does not match the signature you provided\. Check your AWS/,
  )
})

test('a wrong region, and a wrong service', async (t) => {
  const simulator = await simulatorFor(t)
  const region = await refusal(clientFor(t, simulator, { region: 'eu-west-1' }))
  assert.equal(region.name, 'InvalidSignatureException')
  assert.equal(region.message, 'Credential should be scoped to a valid region. ')
  const { Authorization } = { Authorization: authorization(simulator, 'us-east-1/sts') }
  const service = await post(simulator, { Authorization })
  assert.deepEqual(service, {
    __type: 'InvalidSignatureException',
    message: "Credential should be scoped to correct service: 'ecr'. ",
  })
})

test('a clock that is behind, and one that is ahead, by more than five minutes', async (t) => {
  const simulator = await simulatorFor(t)
  const behind = await refusal(clientFor(t, simulator, { systemClockOffset: -6 * 60_000 }))
  assert.equal(behind.name, 'InvalidSignatureException')
  assert.match(
    behind.message,
    /^Signature expired: \d{8}T\d{6}Z is now earlier than \d{8}T\d{6}Z \(\d{8}T\d{6}Z - 5 min\.\)$/,
  )
  const ahead = await refusal(clientFor(t, simulator, { systemClockOffset: 6 * 60_000 }))
  assert.match(
    ahead.message,
    /^Signature not yet current: \d{8}T\d{6}Z is still later than \d{8}T\d{6}Z \(.* \+ 5 min\.\)$/,
  )
})

test('a clock that is off by four minutes is good enough', async (t) => {
  const simulator = await simulatorFor(t)
  const client = clientFor(t, simulator, { systemClockOffset: -4 * 60_000 })
  await client.send(new GetAuthorizationTokenCommand({}))
  assert.equal(simulator.tokens.calls, 1)
})

test('the SDK corrects its clock by the Date of the refusal', async (t) => {
  const simulator = await simulatorFor(t)
  const client = clientFor(t, simulator, { systemClockOffset: -60 * 60_000, maxAttempts: 3 })
  await client.send(new GetAuthorizationTokenCommand({}))
  assert.equal(simulator.requests.length, 2)
})

test('a request that is not signed, and one that is signed by half', async (t) => {
  const simulator = await simulatorFor(t)
  assert.deepEqual(await post(simulator, {}), {
    __type: 'MissingAuthenticationTokenException',
    message: 'Missing Authentication Token',
  })
  const half = await post(simulator, { Authorization: 'AWS4-HMAC-SHA256 Credential=x' })
  assert.equal(half.__type, 'IncompleteSignatureException')
})

test('throttling is retried by the SDK, a denial is not', async (t) => {
  const simulator = await simulatorFor(t)
  const throttled = simulator.faults.add({ listener: 'api', times: 2, action: throttlingException() })
  await clientFor(t, simulator, { maxAttempts: 3 }).send(new GetAuthorizationTokenCommand({}))
  assert.deepEqual([throttled.hits, simulator.tokens.calls], [2, 1])
  const denied = simulator.faults.add({ listener: 'api', times: 2, action: accessDenied() })
  const { name, message, status } = await refusal(clientFor(t, simulator, { maxAttempts: 3 }))
  assert.deepEqual([name, status, denied.hits], ['AccessDeniedException', 400, 1])
  assert.match(message, /not authorized to perform: ecr:GetAuthorizationToken on resource: \*/)
})

function authorization({ credentials }: Simulator, scope: string): string {
  const signature = '0'.repeat(64)
  const credential = `${credentials.accessKeyId}/20261123/${scope}/aws4_request`
  return `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host;x-amz-date, Signature=${signature}`
}

async function post(
  simulator: Simulator,
  headers: Record<string, string>,
): Promise<{ __type: string; message: string }> {
  const common = { 'X-Amz-Target': TARGET, 'Content-Type': 'application/x-amz-json-1.1' }
  const response = await fetch(simulator.apiEndpoint, {
    method: 'POST',
    headers: { ...common, ...headers },
    body: '{}',
  })
  assert.equal(response.status, 400)
  assert.equal(response.headers.get('content-type'), 'application/x-amz-json-1.1')
  const error: { __type: string; message: string } = JSON.parse(await response.text())
  return error
}
