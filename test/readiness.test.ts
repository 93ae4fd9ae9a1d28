import assert from 'node:assert/strict'
import http from 'node:http'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { Drain } from '../src/drain.ts'
import { notReadyReason } from '../src/readiness.ts'
import { bench, down, startedBench, TWELVE_HOURS } from './ecr/issuer.ts'

const ACCOUNT = '123456789012'

test('ready is who has a valid token and is not leaving', async () => {
  const drain = new Drain(http.createServer())
  const ecr = await startedBench()
  assert.equal(notReadyReason(drain, ecr.source), undefined)
  drain.begin()
  assert.equal(notReadyReason(drain, ecr.source), 'shutting down')
})

test('the workers as a whole are asked before the token, and after the way out', async () => {
  const drain = new Drain(http.createServer())
  const { source } = bench()
  assert.equal(notReadyReason(drain, source, 'no worker listens'), 'no worker listens')
  drain.begin()
  assert.equal(notReadyReason(drain, source, 'no worker listens'), 'shutting down')
})

test('before the first token, and after the last', async () => {
  const drain = new Drain(http.createServer())
  const ecr = bench()
  assert.equal(notReadyReason(drain, ecr.source), 'no valid ECR token yet')
  ecr.source.start()
  await turn()
  ecr.answer = down
  await ecr.clock.advance(TWELVE_HOURS - 1)
  assert.equal(notReadyReason(drain, ecr.source), undefined)
  await ecr.clock.advance(1)
  assert.equal(notReadyReason(drain, ecr.source), 'no valid ECR token: Error')
})

for (const [properties, reason] of [
  [{ name: 'AccessDeniedException' }, 'no valid ECR token: AccessDeniedException'],
  [{ code: 'ECONNREFUSED' }, 'no valid ECR token: Error ECONNREFUSED'],
  [{ code: { account: ACCOUNT } }, 'no valid ECR token: Error'],
] as const) {
  test(`the reason is the kind of the failure, never its text: ${reason}`, async () => {
    const ecr = bench()
    ecr.answer = async () => {
      throw Object.assign(new Error(`arn:aws:sts::${ACCOUNT}:assumed-role/x may not`), properties)
    }
    ecr.source.start()
    await turn()
    assert.equal(notReadyReason(new Drain(http.createServer()), ecr.source), reason)
  })
}
