import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { parseEcrHost } from '../../src/ecr/host.ts'
import { SdkCalls } from '../../src/aws/sdk-calls.ts'
import { createEcrClient, issueToken } from '../../src/ecr/token-client.ts'
import { simulatorFor } from '../simulator/client.ts'
import { throttlingException } from '../simulator/fault-presets.ts'
import type { Simulator } from '../simulator/simulator.ts'

/** The client that a host implies, told of the simulator by the SDK's own variables. */
async function withVariables(t: TestContext, registryHost: string) {
  const simulator = await simulatorFor(t, { registryHost })
  use(simulator)
  const client = createEcrClient(parseEcrHost(registryHost) ?? assert.fail(`${registryHost} is no ECR host`))
  t.after(() => client.destroy())
  return { simulator, client }
}

function use({ apiEndpoint, credentials }: Simulator): void {
  process.env.AWS_ENDPOINT_URL_ECR = apiEndpoint
  process.env.AWS_ACCESS_KEY_ID = credentials.accessKeyId
  process.env.AWS_SECRET_ACCESS_KEY = credentials.secretAccessKey
}

test('credentials and endpoint come from the SDK’s default chain, the region from the host', async (t) => {
  const { simulator, client } = await withVariables(t, '123456789012.dkr.ecr.eu-west-3.amazonaws.com')
  const { value } = await issueToken(new SdkCalls(() => client))
  assert.equal(simulator.tokens.isLive(value), true)
})

test('retries are left to the token source', async (t) => {
  const { simulator, client } = await withVariables(t, '123456789012.dkr.ecr.us-east-1.amazonaws.com')
  const fault = simulator.faults.add({ listener: 'api', times: 5, action: throttlingException() })
  await assert.rejects(issueToken(new SdkCalls(() => client)), { name: 'ThrottlingException' })
  assert.equal(fault.hits, 1)
})

// A FIPS or dual-stack registry and AWS_ENDPOINT_URL_ECR (a VPC endpoint) were refused by the SDK, at every try.
for (const host of [
  '123456789012.dkr.ecr-fips.us-east-1.amazonaws.com',
  '123456789012.dkr-ecr.us-east-1.on.aws',
  '123456789012.dkr-ecr-fips.us-east-1.on.aws',
]) {
  test(`an endpoint that the operator names serves ${host}, too`, async (t) => {
    const { simulator, client } = await withVariables(t, host)
    const { value } = await issueToken(new SdkCalls(() => client))
    assert.equal(simulator.tokens.isLive(value), true)
  })
}
