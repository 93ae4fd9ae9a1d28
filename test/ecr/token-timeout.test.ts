// docs/request-handling.md: 9
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ECRClient } from '@aws-sdk/client-ecr'
import { SdkCalls } from '../../src/aws/sdk-calls.ts'
import { issueToken } from '../../src/ecr/token-client.ts'
import { TOKEN_CALL_MS } from '../../src/limits.ts'
import { simulatorFor } from '../simulator/client.ts'
import { simulatorEcrClient } from '../support/simulator-ecr-client.ts'

/** Fails when the call does, too, but after its time. */
async function timedOut(client: ECRClient): Promise<void> {
  const startedAt = performance.now()
  await assert.rejects(issueToken(new SdkCalls(() => client)))
  const ms = performance.now() - startedAt
  assert.ok(ms > TOKEN_CALL_MS - 100 && ms < TOKEN_CALL_MS + 2000, `${ms} ms`)
}

// The SDK's client has no time limit of its own here, so that only the call's own can end it.
void describe('a call that hangs ends in its time', { concurrency: true }, () => {
  test('when the API takes the request and never answers', async (t) => {
    const simulator = await simulatorFor(t)
    simulator.faults.add({ listener: 'api', action: { kind: 'stall' } })
    const client = simulatorEcrClient(simulator, 'us-east-1')
    t.after(() => client.destroy())
    await timedOut(client)
  })

  test('when the source of the credentials does, which does not look at the abort signal', async (t) => {
    const simulator = await simulatorFor(t)
    const never = new Promise<never>(() => {})
    const client = new ECRClient({ endpoint: simulator.apiEndpoint, region: 'us-east-1', credentials: () => never })
    t.after(() => client.destroy())
    await timedOut(client)
  })
})
