import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { mock, type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { SdkCalls } from '../../src/aws/sdk-calls.ts'
import { issueToken } from '../../src/ecr/token-client.ts'
import { simulatorEcrClient } from '../support/simulator-ecr-client.ts'

const HOUR = 3_600_000
const SIMULATOR = fileURLToPath(new URL('../simulator/main.js', import.meta.url))

/** In a process of its own, because its clock is to stay right. */
async function simulatorElsewhere(t: TestContext) {
  const child = spawn(process.execPath, [SIMULATOR], { stdio: ['pipe', 'pipe', 'inherit'] })
  t.after(() => child.kill('SIGKILL'))
  const [line]: string[] = await once(createInterface(child.stdout), 'line')
  const facts: Parameters<typeof simulatorEcrClient>[0] = JSON.parse(line ?? '')
  return facts
}

for (const [what, skewMs] of [
  ['behind by an hour', -HOUR],
  ['ahead by an hour', HOUR],
] as const) {
  test(`a clock that is ${what} is put right by the refusal, and the token’s lifetime is the true one`, async (t) => {
    const client = simulatorEcrClient(await simulatorElsewhere(t), 'us-east-1')
    t.after(() => client.destroy())
    mock.timers.enable({ apis: ['Date'], now: Date.now() + skewMs })
    t.after(() => mock.timers.reset())
    await assert.rejects(issueToken(new SdkCalls(() => client)), { name: 'InvalidSignatureException' })
    const { lifetimeMs } = await issueToken(new SdkCalls(() => client))
    assert.ok(Math.abs(lifetimeMs - 12 * HOUR) < 60_000, `${lifetimeMs / HOUR} h`)
  })
}
