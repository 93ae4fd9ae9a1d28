import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { parseRegistryRequest } from '../../src/registry/parse.ts'
import { publicErrorBody } from '../../src/registry/upstream-error.ts'
import { property } from '../fuzz/property.ts'
import { account } from '../support/arbitraries.ts'
import { SHA256, UPLOAD } from './parsing.ts'

const REQUESTS = [
  ['GET', '/v2/team/app/manifests/v1'],
  ['PUT', '/v2/team/app/manifests/202611231234'],
  ['GET', `/v2/team/app/blobs/${SHA256}`],
  ['POST', UPLOAD],
  ['PATCH', `${UPLOAD}x`],
  ['GET', '/v2/team/app/tags/list'],
  ['GET', '/v2/_catalog'],
] as const
const request = fc.constantFrom(...REQUESTS).map(([method, target]) => parseRegistryRequest(method, target))
const status = fc.oneof(
  fc.constantFrom(400, 401, 403, 404, 405, 416, 429, 500, 503),
  fc.integer({ min: 400, max: 599 }),
)

/** What may not pass: an account, or an ARN with one, between what may. */
const secret = fc
  .tuple(
    account(),
    fc.constantFrom('', 'arn:aws:iam::', 'arn:aws-cn:sts::', '_arn:aws:ecr:us-east-1:', 'xarn:aws:iam::'),
  )
  .chain(([id, start]) => {
    if (start === '') return fc.constant(id)
    return fc
      .constantFrom('role/a', 'assumed-role/a,b/c@d', 'repository/x', 'root')
      .map((end) => `${start}${id}:${end}`)
  })
const around = fc.constantFrom('', ' ', '"', "'", '(', ')', ':', '/', '.dkr.ecr.', '\n', 'é', '-', '_', ', ')
const told = fc.tuple(around, secret, around).map((parts) => parts.join(''))
const text = fc.oneof(told, fc.string())

/** JSON with secrets as texts, numbers and names. */
const { detail } = fc.letrec((tie) => ({
  detail: fc.oneof(
    { depthSize: 'small' },
    text,
    account().map(Number),
    fc.jsonValue(),
    fc.array(tie('detail'), { maxLength: 3 }),
    fc.dictionary(fc.oneof(text, fc.constantFrom('code', '__proto__', 'toJSON')), tie('detail'), { maxKeys: 3 }),
  ),
}))
const error = fc.record({ code: fc.oneof(fc.constantFrom('DENIED', 'TAG_INVALID'), text), message: text, detail })
const nested = fc
  .nat(40_000)
  .map((depth) => `{"errors":[{"code":"X","detail":${'['.repeat(depth)}${']'.repeat(depth)}}]}`)
const body = fc.oneof(
  fc.array(error, { maxLength: 3 }).map((errors) => JSON.stringify({ errors })),
  fc.record({ errors: fc.oneof(fc.array(detail, { maxLength: 3 }), detail) }).map((value) => JSON.stringify(value)),
  detail.map((value) => JSON.stringify(value)),
  fc.tuple(told, fc.string({ unit: 'binary' })).map((parts) => parts.join('')),
  fc.uint8Array({ maxLength: 64 }).map((bytes) => Buffer.from(bytes).toString('utf8')),
)

function check(shown: string, known: string): void {
  assert.ok(shown.endsWith('\n'))
  const parsed: unknown = JSON.parse(shown)
  assert.ok(typeof parsed === 'object' && parsed !== null && 'errors' in parsed && Array.isArray(parsed.errors))
  assert.ok(parsed.errors.length > 0)
  for (const each of parsed.errors) assert.equal(typeof each.code, 'string')
  const accounts = shown.match(/(?<![0-9A-Za-z])\d{12}(?![0-9A-Za-z])/g) ?? []
  assert.deepEqual(
    accounts.filter((id) => !known.includes(id)),
    [],
    shown,
  )
  assert.doesNotMatch(shown, /arn:aws[a-z-]*:[^\s"'`,;<>()[\]{}\\]/)
  assert.doesNotMatch(shown, /b\/c@d/)
}

property(
  'whatever the upstream says: the client gets a registry error, without ARNs and account ids',
  fc.property(status, body, request, (code, bytes, asked) => {
    // An escape such as \n would join the digits to a letter in what is written.
    check(publicErrorBody(code, bytes, asked).body, 'reference' in asked ? asked.reference : '')
  }),
  { runs: 2000 },
)

property(
  'whatever is nested how deep: the same',
  fc.property(status, nested, request, (code, bytes, asked) => check(publicErrorBody(code, bytes, asked).body, '')),
  { runs: 20, cost: 100 },
)
