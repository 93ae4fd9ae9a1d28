// docs/request-handling.md: 17, 20
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { errorOf } from '../simulator/client.ts'
import { notPermitted } from '../simulator/fault-presets.ts'
import { send } from '../support/http-client.ts'
import { startPair } from '../support/pair.ts'
import { failureOf, startUpload } from '../support/registry-client.ts'

const MANIFEST = '/v2/team/app/manifests/v1'
// pino's numbers.
const [INFO, WARN] = [30, 40]

test('ARNs and account ids go from the message to the log; the code and the rest stay', async (t) => {
  const { simulator, proxy } = await startPair(t)
  simulator.faults.add({ action: notPermitted('ecr:BatchGetImage', 'team/app') })
  const reply = await send(proxy, 'GET', MANIFEST)
  assert.equal(failureOf(reply), '403 DENIED')
  assert.equal(
    errorOf(reply).message,
    'User: [arn] is not authorized to perform: ecr:BatchGetImage on resource: [arn] because no identity-based policy allows the ecr:BatchGetImage action',
  )
  assert.doesNotMatch(reply.body, /123456789012|registry-proxy-task/)
  const told = proxy.log.find(({ msg }) => msg === 'upstream answered an error')
  assert.match(JSON.stringify(told), /assumed-role\/registry-proxy-task/)
  assert.match(JSON.stringify(told), /123456789012/)
})

test('ECR’s own 5xx is a warning in the log, its 4xx is told, and its 404 is not', async (t) => {
  const { simulator, proxy } = await startPair(t)
  for (const status of [500, 400, 404]) {
    simulator.faults.add({ action: { kind: 'status', status, body: '' } })
    await send(proxy, 'GET', MANIFEST)
  }
  const told = proxy.log.filter(({ msg }) => msg === 'upstream answered an error')
  assert.deepEqual(
    told.map(({ level, upstreamStatus }) => [level, upstreamStatus]),
    [
      [WARN, 500],
      [INFO, 400],
    ],
  )
})

test('details are scrubbed as well, and further errors and members stay', async (t) => {
  const { simulator, proxy } = await startPair(t)
  const body = JSON.stringify({
    errors: [
      { code: 'DENIED', message: 'id 123456789012', detail: { role: 'arn:aws-cn:iam::123456789012:role/x', n: 1 } },
      { code: 'UNSUPPORTED', message: 'second' },
    ],
  })
  simulator.faults.add({ action: { kind: 'status', status: 403, body } })
  const reply = await send(proxy, 'GET', MANIFEST)
  assert.deepEqual(JSON.parse(reply.body), {
    errors: [
      { code: 'DENIED', message: 'id [account]', detail: { role: '[arn]', n: 1 } },
      { code: 'UNSUPPORTED', message: 'second' },
    ],
  })
})

const foreign: [what: string, status: number, body: string, code: string][] = [
  ['HTML', 500, '<html><body>Internal Server Error in 123456789012</body></html>', 'UNAVAILABLE'],
  ['plain text', 404, '404 page not found\n', 'MANIFEST_UNKNOWN'],
  ['nothing', 502, '', 'UNAVAILABLE'],
  ['JSON of another kind', 400, '{"__type":"InvalidParameterException"}', 'UNKNOWN'],
  ['an empty list of errors', 405, '{"errors":[]}', 'UNSUPPORTED'],
  ['half of a registry error', 400, '{"errors":[{"code":"TAG_INVALID"', 'UNKNOWN'],
  [
    'a body larger than is read',
    400,
    JSON.stringify({ errors: [{ code: 'X', message: 'x'.repeat(100_000) }] }),
    'UNKNOWN',
  ],
  ['a status that is no registry’s', 418, 'teapot', 'UNKNOWN'],
]

for (const [what, status, body, code] of foreign) {
  test(`${what} from upstream becomes a registry error of the same status`, async (t) => {
    const { simulator, proxy } = await startPair(t)
    simulator.faults.add({ action: { kind: 'status', status, body, headers: { 'Content-Encoding': 'identity' } } })
    const reply = await send(proxy, 'GET', MANIFEST)
    assert.equal(failureOf(reply), `${status} ${code}`)
    assert.equal(reply.headers['content-encoding'], undefined)
    assert.equal(reply.headers['content-length'], String(Buffer.byteLength(reply.body)))
    assert.doesNotMatch(reply.body, /html|teapot|123456789012/)
  })
}

test('a challenge to the proxy’s own credentials never passes', async (t) => {
  const { simulator, proxy } = await startPair(t)
  const headers = { 'Www-Authenticate': 'Basic realm="https://123456789012.dkr.ecr.us-east-1.amazonaws.com/"' }
  for (const status of [401, 403, 404, 500]) {
    simulator.faults.add({ times: status === 401 ? 2 : 1, action: { kind: 'status', status, headers, body: 'x' } })
    const reply = await send(proxy, 'GET', MANIFEST)
    assert.equal(reply.status, status === 401 ? 503 : status)
    assert.equal(reply.headers['www-authenticate'], undefined)
  }
})

const elsewhere: [what: string, location: string][] = [
  ['another host', 'https://evil.example/v2/team/app/blobs/uploads/1'],
  [
    'an ECR registry of another account',
    'https://999999999999.dkr.ecr.us-east-1.amazonaws.com/v2/team/app/blobs/uploads/1',
  ],
  ['a host behind two slashes', 'https://123456789012.dkr.ecr.us-east-1.amazonaws.com//evil.example/x'],
  ['a host behind a slash and a backslash', 'https://123456789012.dkr.ecr.us-east-1.amazonaws.com/\\evil.example/x'],
  ['a relative host', '//evil.example/v2/x'],
  ['a name that begins as ours', 'https://123456789012.dkr.ecr.us-east-1.amazonaws.com.evil.example/v2/x'],
  ['a host behind our name as a user', 'https://123456789012.dkr.ecr.us-east-1.amazonaws.com@evil.example/v2/x'],
  ['no registry path', 'https://123456789012.dkr.ecr.us-east-1.amazonaws.com/login'],
  ['a relative path', 'uploads/1'],
  ['nowhere', ''],
]

for (const [what, location] of elsewhere) {
  test(`an upload that upstream leads to ${what} is 502, and logged`, async (t) => {
    const { simulator, proxy } = await startPair(t)
    simulator.faults.add({ method: 'POST', action: { kind: 'headers', set: { Location: location } } })
    const reply = await send(proxy, 'POST', '/v2/team/app/blobs/uploads/')
    assert.equal(failureOf(reply), '502 UNAVAILABLE')
    assert.equal(reply.headers.location, undefined)
    assert.ok(proxy.log.some(({ level, msg }) => Number(level) >= 40 && msg === 'request failed at the upstream'))
    const patched = await startUpload(proxy, 'team/app')
    simulator.faults.add({ method: 'PATCH', action: { kind: 'headers', set: { Location: location } } })
    assert.equal(failureOf(await send(proxy, 'PATCH', patched, { body: 'layer' })), '502 UNAVAILABLE')
  })
}

test('a Link that names the upstream but leads outside /v2/ is 502', async (t) => {
  const { simulator, proxy } = await startPair(t)
  simulator.store.createRepository('team/app')
  const link = `<https://${simulator.registryHost}//evil.example/x>; rel="next"`
  simulator.faults.add({ action: { kind: 'headers', set: { Link: link } } })
  assert.equal(failureOf(await send(proxy, 'GET', '/v2/team/app/tags/list')), '502 UNAVAILABLE')
})

test('the host of the upstream is known whatever its case and port', async (t) => {
  const { simulator, proxy } = await startPair(t)
  const location = 'HTTPS://123456789012.DKR.ecr.us-east-1.amazonaws.com:443/v2/team/app/blobs/uploads/1?a=%2F'
  simulator.faults.add({ method: 'POST', action: { kind: 'headers', set: { Location: location } } })
  const reply = await send(proxy, 'POST', '/v2/team/app/blobs/uploads/')
  assert.equal(reply.headers.location, '/v2/team/app/blobs/uploads/1?a=%2F')
})
