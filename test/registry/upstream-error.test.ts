// docs/request-handling.md: 20
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseRegistryRequest } from '../../src/registry/parse.ts'
import { publicErrorBody, registryErrors, scrub } from '../../src/registry/upstream-error.ts'
import { SHA256, UPLOAD } from './parsing.ts'

const ACCOUNT = '123456789012'
const ROLE = `arn:aws:sts::${ACCOUNT}:assumed-role/proxy-task/0f1e2d`

function answer(status: number, body: unknown, method = 'GET', target = '/v2/team/app/manifests/v1') {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return publicErrorBody(status, text, parseRegistryRequest(method, target))
}

function errors(...list: object[]): { errors: object[] } {
  return { errors: list }
}

for (const [text, expected] of [
  [`User: ${ROLE} is not authorized`, 'User: [arn] is not authorized'],
  [`on resource: arn:aws-us-gov:ecr:r:${ACCOUNT}:repository/a/b because`, 'on resource: [arn] because'],
  // The rest of a role's name used to stay behind its comma, and all of an ARN behind a letter or `_`.
  [`by arn:aws:sts::${ACCOUNT}:assumed-role/a,b/c, not`, 'by [arn], not'],
  [`role_arn:aws:iam::${ACCOUNT}:role/x`, 'role_[arn]'],
  [`"arn:aws-cn:iam::${ACCOUNT}:role/x", (arn:aws:iam::${ACCOUNT}:user/y)`, '"[arn]", ([arn])'],
  [`in the registry with id '${ACCOUNT}'`, "in the registry with id '[account]'"],
  [`${ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/a`, '[account].dkr.ecr.us-east-1.amazonaws.com/a'],
  [ACCOUNT, '[account]'],
  [`${ACCOUNT},${ACCOUNT}`, '[account],[account]'],
  ['1234567890123 and 12345678901', '1234567890123 and 12345678901'],
  ['a123456789012 and 123456789012a', 'a123456789012 and 123456789012a'],
  [SHA256, SHA256],
  ['Rate exceeded', 'Rate exceeded'],
] as const) {
  test(`'${text}' is told as '${expected}'`, () => assert.equal(scrub(text, []), expected))
}

test('the codes and the texts that tools match stay', () => {
  const body = errors({
    code: 'TAG_INVALID',
    message: `The image tag '1.0.2' already exists in the 'r' repository and cannot be overwritten because the repository is immutable.`,
  })
  assert.equal(answer(400, body).body, `${JSON.stringify(body)}\n`)
})

test('what says who the proxy is goes, at any depth, and the log has it all', () => {
  const message = `User: ${ROLE} is not authorized to perform: ecr:BatchGetImage`
  const told = answer(403, errors({ code: 'DENIED', message, detail: { roles: [ROLE, 1, null, { id: ACCOUNT }] } }))
  assert.deepEqual(JSON.parse(told.body), {
    errors: [
      {
        code: 'DENIED',
        message: 'User: [arn] is not authorized to perform: ecr:BatchGetImage',
        detail: { roles: ['[arn]', 1, null, { id: '[account]' }] },
      },
    ],
  })
  assert.deepEqual(told.told, [{ code: 'DENIED', message }])
})

// Fuzzing found that only texts were looked at: a code, a member called `code`, the name of a member and a number passed.
test('an account id or an ARN goes wherever it stands', () => {
  const detail = { [ROLE]: 1, [ACCOUNT]: Number(ACCOUNT), code: ROLE, share: 0.5, none: null, whole: true }
  assert.deepEqual(JSON.parse(answer(400, errors({ code: ROLE, detail })).body), {
    errors: [
      {
        code: '[arn]',
        detail: { '[arn]': 1, '[account]': '[account]', code: '[arn]', share: 0.5, none: null, whole: true },
      },
    ],
  })
})

// Fuzzing found that an error of some thousand levels ended in a RangeError, which the client saw as 500.
test('an error that is nested without end is cut, and no error of ours', () => {
  const body = `{"errors":[{"code":"X","message":"m","detail":${'['.repeat(30_000)}${']'.repeat(30_000)}}]}`
  const { errors: list } = JSON.parse(answer(400, body).body)
  assert.equal(list[0].message, 'm')
  assert.equal(JSON.stringify(list[0].detail), `${'['.repeat(31)}null${']'.repeat(31)}`)
})

// A client that sends thirteen digits did not send the twelve within them.
test('an account id within a longer number that the client sent is not one that it knows', () => {
  const told = answer(400, errors({ code: 'X', message: ACCOUNT }), 'GET', `/v2/a/manifests/${ACCOUNT}3`)
  assert.equal(JSON.parse(told.body).errors[0].message, '[account]')
})

test('several errors stay several; one without a text has none', () => {
  const body = errors({ code: 'A' }, { code: 'B', message: 'b' }, { code: 'C', message: 5 })
  const told = answer(400, body)
  assert.deepEqual(JSON.parse(told.body), body)
  assert.deepEqual(told.told, [
    { code: 'A', message: '' },
    { code: 'B', message: 'b' },
    { code: 'C', message: '' },
  ])
})

test('the log has the first three errors, and the first 512 characters of each text', () => {
  const long = 'x'.repeat(513)
  const all = ['A', 'B', 'C', 'D'].map((code) => ({ code: code + long, message: code + long }))
  const { told } = answer(400, errors(...all))
  assert.deepEqual(
    told,
    ['A', 'B', 'C'].map((code) => ({ code: code + long.slice(2), message: code + long.slice(2) })),
  )
})

// A tag such as 202611231234 is twelve digits, and a client that asked for it may read it.
test('twelve digits that the client itself sent stay', () => {
  const body = errors({ code: 'X', message: `202611231234 in ${ACCOUNT}` })
  const shown = (method: string, target: string): string =>
    JSON.parse(answer(400, body, method, target).body).errors[0].message
  assert.equal(shown('PUT', '/v2/a/manifests/202611231234'), '202611231234 in [account]')
  assert.equal(shown('PUT', '/v2/a/manifests/release-202611231234'), '202611231234 in [account]')
  assert.equal(shown('GET', '/v2/202611231234/tags/list'), '202611231234 in [account]')
  assert.equal(shown('GET', '/v2/_catalog'), '[account] in [account]')
})

for (const body of [
  '',
  'Not Authorized\n',
  '<html>502 Bad Gateway 10.0.0.1</html>',
  'null',
  '[]',
  '"errors"',
  '{}',
  '{"errors":[]}',
  '{"errors":{}}',
  '{"errors":[{"message":"x"}]}',
  '{"errors":[{"code":5}]}',
  '{"errors":[{"code":"A"},null]}',
  '{"errors":["A"]}',
  '{"errors":[{"code":"A"}]',
]) {
  test(`${JSON.stringify(body)} is no registry error, and becomes one`, () => {
    assert.equal(registryErrors(body), undefined)
    assert.deepEqual(answer(502, body), {
      body: '{"errors":[{"code":"UNAVAILABLE","message":"the upstream registry answered 502"}]}\n',
      told: [],
    })
  })
}

for (const [status, method, target, code] of [
  [400, 'GET', '/v2/a/manifests/v1', 'UNKNOWN'],
  [403, 'GET', '/v2/a/manifests/v1', 'DENIED'],
  [404, 'GET', '/v2/a/manifests/v1', 'MANIFEST_UNKNOWN'],
  [404, 'GET', `/v2/a/referrers/${SHA256}`, 'MANIFEST_UNKNOWN'],
  [404, 'GET', `/v2/a/blobs/${SHA256}`, 'BLOB_UNKNOWN'],
  [404, 'POST', UPLOAD, 'NAME_UNKNOWN'],
  [404, 'PATCH', `${UPLOAD}x`, 'BLOB_UPLOAD_UNKNOWN'],
  [404, 'GET', '/v2/a/tags/list', 'NAME_UNKNOWN'],
  [404, 'GET', '/v2/_catalog', 'NAME_UNKNOWN'],
  [404, 'GET', '/v2/', 'NAME_UNKNOWN'],
  [405, 'GET', '/v2/_catalog', 'UNSUPPORTED'],
  [416, 'PATCH', `${UPLOAD}x`, 'BLOB_UPLOAD_INVALID'],
  [429, 'GET', '/v2/_catalog', 'TOOMANYREQUESTS'],
  [500, 'GET', '/v2/_catalog', 'UNAVAILABLE'],
  [503, 'GET', '/v2/_catalog', 'UNAVAILABLE'],
] as const) {
  test(`${status} to ${method} ${target.slice(0, 30)} without a registry error is ${code}`, () => {
    assert.equal(JSON.parse(answer(status, 'x', method, target).body).errors[0].code, code)
  })
}
