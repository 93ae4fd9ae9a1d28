// docs/request-handling.md: 14
// What explains a POST that was closed twice was asked for with the token of the first try. When the tries took longer than
// that token had left, the question was refused, and a missing repository was 502 although a newer token was at hand.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startPair } from '../support/pair.ts'
import { failureOf } from '../support/registry-client.ts'
import { send } from '../support/http-client.ts'

test('a missing repository is told by the newest token, however long the tries took', async (t) => {
  const { simulator, proxy } = await startPair(t, { simulator: { tokenLifetimeMs: 4000, createOnPush: false } })
  // By then the token has been refreshed, once; when the question is judged, only the new one counts.
  simulator.faults.add({ method: 'POST', action: { kind: 'delay', ms: 3000 } })
  const question = simulator.faults.add({ method: 'GET', path: /probe/, action: { kind: 'delay', ms: 2000 } })
  const refused = await send(proxy, 'POST', '/v2/team/nowhere/blobs/uploads/', { headers: { 'Content-Length': '0' } })
  assert.equal(failureOf(refused), '404 NAME_UNKNOWN')
  assert.equal(question.hits, 1)
})
