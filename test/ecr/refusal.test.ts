import assert from 'node:assert/strict'
import { test } from 'node:test'
import { tokenVerdict } from '../../src/ecr/refusal.ts'

const NEW =
  '{"errors":[{"code":"DENIED","message":"Your authorization token has expired. Reauthenticate and try again."}]}\n'
const OLD = `{"errors":[{"code":"DENIED","message":"Your Authorization Token has expired. Please run 'aws ecr get-login'"}]}`
const DENIED =
  '{"errors":[{"code":"DENIED","message":"User: arn:aws:sts::123456789012:assumed-role/x/y is not authorized to perform: ecr:BatchGetImage"}]}'

for (const [method, status, body, verdict] of [
  ['GET', 200, '', 'accepted'],
  ['GET', 307, '', 'accepted'],
  ['GET', 401, 'Not Authorized\n', 'refused'],
  ['HEAD', 401, '', 'refused'],
  ['PATCH', 401, '', 'refused'],
  ['GET', 403, NEW, 'refused'],
  ['PUT', 403, OLD, 'refused'],
  ['POST', 403, 'Your authorization token has expired.', 'refused'],
  ['GET', 403, DENIED, 'accepted'],
  ['GET', 403, '', 'accepted'],
  ['HEAD', 403, '', 'doubtful'],
  ['HEAD', 404, '', 'accepted'],
  // Only a 403 speaks of tokens; a message of another status may quote whatever a client sent.
  ['GET', 404, NEW, 'accepted'],
  ['GET', 400, NEW, 'accepted'],
  ['GET', 503, NEW, 'accepted'],
] as const) {
  test(`${method} ${status} ${body.slice(0, 75).trim()}: ${verdict}`, () => {
    assert.equal(tokenVerdict(method, status, body), verdict)
  })
}
