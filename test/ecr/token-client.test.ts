import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { ECRClient } from '@aws-sdk/client-ecr'
import { parseEcrHost } from '../../src/ecr/host.ts'
import { SdkCalls } from '../../src/aws/sdk-calls.ts'
import { createEcrClient, issueToken } from '../../src/ecr/token-client.ts'
import { simulatorFor } from '../simulator/client.ts'
import { accessDenied } from '../simulator/fault-presets.ts'
import type { FaultAction } from '../simulator/faults.ts'
import type { Simulator } from '../simulator/simulator.ts'
import { simulatorEcrClient } from '../support/simulator-ecr-client.ts'

const TWELVE_HOURS = 12 * 3_600_000

function clientFor(t: TestContext, simulator: Simulator): ECRClient {
  const client = simulatorEcrClient(simulator, 'us-east-1')
  t.after(() => client.destroy())
  return client
}

function created(t: TestContext, host: string): ECRClient {
  const upstream = parseEcrHost(host) ?? assert.fail(`${host} is no ECR host`)
  const client = createEcrClient(upstream)
  t.after(() => client.destroy())
  return client
}

/** The API answers `authorizationData`, whatever it was asked. */
async function answering(t: TestContext, authorizationData: unknown): Promise<ECRClient> {
  const simulator = await simulatorFor(t)
  const action: FaultAction = { kind: 'status', status: 200, body: JSON.stringify({ authorizationData }) }
  simulator.faults.add({ listener: 'api', action })
  return clientFor(t, simulator)
}

test('a token comes verbatim, with the time that it has to live', async (t) => {
  const simulator = await simulatorFor(t)
  const { value, lifetimeMs } = await issueToken(new SdkCalls(() => clientFor(t, simulator)))
  assert.equal(simulator.tokens.isLive(value), true)
  assert.ok(Math.abs(lifetimeMs - TWELVE_HOURS) < 60_000, `${lifetimeMs} ms`)
})

for (const [what, data] of [
  ['nothing', undefined],
  ['an empty list', []],
  ['no token', [{ expiresAt: 1_900_000_000 }]],
  ['no expiry', [{ authorizationToken: 'QVdTOng=' }]],
] as const) {
  test(`an answer with ${what} is no token`, async (t) => {
    const message = 'GetAuthorizationToken answered without a token'
    const client = await answering(t, data)
    await assert.rejects(issueToken(new SdkCalls(() => client)), { name: 'UnusableTokenError', message })
  })
}

// Fuzzing found that a number passed as a token, because a regular expression reads it as text.
for (const value of [5, '', 'AWS:password', 'QVdT\r\nX-Evil: 1', 'QVdT w']) {
  test(`${JSON.stringify(value)} is no header value, and so no token`, async (t) => {
    const client = await answering(t, [{ authorizationToken: value, expiresAt: 1_900_000_000 }])
    await assert.rejects(issueToken(new SdkCalls(() => client)), {
      name: 'UnusableTokenError',
      message: 'the token is not base64',
    })
  })
}

// Fuzzing found that it was told as an expired token, with a question about the clock.
test('a time of expiry that no clock can show is no time', async (t) => {
  const client = await answering(t, [{ authorizationToken: 'QVdTOng=', expiresAt: 1e300 }])
  const message = 'the token has no time of expiry that a clock can show'
  await assert.rejects(issueToken(new SdkCalls(() => client)), { name: 'UnusableTokenError', message })
})

test('a refusal is told by its AWS name', async (t) => {
  const simulator = await simulatorFor(t)
  simulator.faults.add({ listener: 'api', action: accessDenied() })
  await assert.rejects(issueToken(new SdkCalls(() => clientFor(t, simulator))), { name: 'AccessDeniedException' })
})

for (const [host, endpoint] of [
  ['123456789012.dkr.ecr.us-west-2.amazonaws.com', 'api.ecr.us-west-2.amazonaws.com'],
  ['123456789012.dkr.ecr-fips.us-west-2.amazonaws.com', 'api.ecr-fips.us-west-2.amazonaws.com'],
  ['123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com', 'api.ecr-fips.us-gov-west-1.amazonaws.com'],
  ['123456789012.dkr-ecr.us-west-2.on.aws', 'ecr.us-west-2.api.aws'],
  ['123456789012.dkr-ecr-fips.us-west-2.on.aws', 'ecr-fips.us-west-2.api.aws'],
  ['123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn', 'api.ecr.cn-north-1.amazonaws.com.cn'],
  ['123456789012.dkr.ecr.eusc-de-east-1.amazonaws.eu', 'api.ecr.eusc-de-east-1.amazonaws.eu'],
  ['123456789012.dkr.ecr.us-iso-east-1.c2s.ic.gov', 'api.ecr.us-iso-east-1.c2s.ic.gov'],
  ['123456789012.dkr.ecr.us-isob-east-1.sc2s.sgov.gov', 'api.ecr.us-isob-east-1.sc2s.sgov.gov'],
  ['123456789012.dkr.ecr.eu-isoe-west-1.cloud.adc-e.uk', 'api.ecr.eu-isoe-west-1.cloud.adc-e.uk'],
  ['123456789012.dkr.ecr.us-isof-south-1.csp.hci.ic.gov', 'api.ecr.us-isof-south-1.csp.hci.ic.gov'],
] as const) {
  test(`for ${host} the API is ${endpoint}`, async (t) => {
    const { config } = created(t, host)
    const { url } = config.endpointProvider({
      Region: await config.region(),
      UseFIPS: await config.useFipsEndpoint(),
      UseDualStack: await config.useDualstackEndpoint(),
    })
    assert.equal(url.host, endpoint)
  })
}
