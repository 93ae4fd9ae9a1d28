import assert from 'node:assert/strict'
import { test } from 'node:test'
import { call, errorOf, simulatorFor } from './client.ts'
import { startSimulator } from './simulator.ts'

const ROUTES = ['/v2/', '/v2/_catalog', '/v2/a/app/manifests/1', '/v2/a/app/blobs/uploads/', '/nowhere']

for (const [what, authorization] of [
  ['no credentials', ''],
  ['garbage', 'Basic Z2FyYmFnZQ=='],
  ['a wrong password', `Basic ${Buffer.from('AWS:secret').toString('base64')}`],
  ['a bearer token', 'Bearer abc'],
] as const) {
  test(`${what}: a 401 in plain text with a Basic challenge and an empty Sizes header, on every route`, async (t) => {
    const simulator = await simulatorFor(t)
    for (const path of ROUTES) {
      const reply = await call(simulator, 'GET', path, { headers: { Authorization: authorization } })
      assert.equal(reply.status, 401)
      assert.equal(reply.body, 'Not Authorized\n')
      assert.equal(reply.headers['content-type'], 'text/plain; charset=utf-8')
      assert.equal(reply.headers['content-length'], '15')
      assert.equal(reply.headers['sizes'], '')
      assert.equal(reply.headers['docker-distribution-api-version'], 'registry/2.0')
      assert.equal(
        reply.headers['www-authenticate'],
        'Basic realm="https://123456789012.dkr.ecr.us-east-1.amazonaws.com/",service="ecr.amazonaws.com"',
      )
    }
  })
}

test('a good token is let in, and the Sizes header can be turned off', async (t) => {
  const simulator = await simulatorFor(t, { behaviour: { emptySizesHeader: false } })
  const reply = await call(simulator, 'GET', '/v2/')
  assert.equal(reply.status, 200)
  assert.equal('sizes' in reply.headers, false)
})

test('a token is about 4.8 KB of base64 of AWS and a password', async (t) => {
  const { tokens } = await simulatorFor(t)
  const token = tokens.issue()
  assert.ok(token.length > 4_700 && token.length < 4_900, `${token.length} bytes`)
  assert.match(Buffer.from(token, 'base64').toString(), /^AWS:[A-Za-z0-9+/]+=*$/)
  assert.notEqual(tokens.issue(), token)
})

const EXPIRED = {
  code: 'DENIED',
  message: 'Your authorization token has expired. Reauthenticate and try again.',
}

test('an expired token is a 403 DENIED in JSON, without a challenge', async (t) => {
  const simulator = await simulatorFor(t)
  const Authorization = `Basic ${simulator.tokens.issue()}`
  simulator.tokens.expireAll()
  const reply = await call(simulator, 'GET', '/v2/', { headers: { Authorization } })
  assert.equal(reply.status, 403)
  assert.deepEqual(errorOf(reply), EXPIRED)
  assert.equal(reply.headers['content-type'], 'application/json; charset=utf-8')
  assert.equal('www-authenticate' in reply.headers, false)
})

test('an expired token on HEAD is a 403 without a body', async (t) => {
  const simulator = await simulatorFor(t)
  const Authorization = `Basic ${simulator.tokens.issue()}`
  simulator.tokens.expireAll()
  const reply = await call(simulator, 'HEAD', '/v2/a/app/manifests/1', { headers: { Authorization } })
  assert.equal(reply.status, 403)
  assert.equal(reply.body, '')
})

test('an expired token can be a plain 401', async (t) => {
  const simulator = await simulatorFor(t, { behaviour: { expiredToken: 401 } })
  const Authorization = `Basic ${simulator.tokens.issue()}`
  simulator.tokens.expireAll()
  const reply = await call(simulator, 'GET', '/v2/', { headers: { Authorization } })
  assert.equal(reply.status, 401)
  assert.equal(reply.body, 'Not Authorized\n')
})

test('one token is revoked and another goes on', async (t) => {
  const simulator = await simulatorFor(t)
  const [first, second] = [simulator.tokens.issue(), simulator.tokens.issue()]
  simulator.tokens.revoke(first)
  assert.deepEqual([simulator.tokens.isLive(first), simulator.tokens.isLive(second)], [false, true])
  assert.equal((await call(simulator, 'GET', '/v2/', { headers: { Authorization: `Basic ${first}` } })).status, 403)
  assert.equal((await call(simulator, 'GET', '/v2/', { headers: { Authorization: `Basic ${second}` } })).status, 200)
  simulator.tokens.revokeAll()
  assert.equal((await call(simulator, 'GET', '/v2/', { headers: { Authorization: `Basic ${second}` } })).status, 403)
})

test('a token lives as long as its lifetime says, which can be changed for the next ones', async (t) => {
  const { tokens } = await simulatorFor(t, { tokenLifetimeMs: 60_000 })
  const before = Date.now()
  const token = tokens.issue()
  assert.equal(tokens.isLive(token), true)
  assert.ok(tokens.expiryOf(token) >= before + 60_000 && tokens.expiryOf(token) <= Date.now() + 60_000)
  tokens.lifetimeMs = 0
  assert.equal(tokens.isLive(tokens.issue()), false)
})

test('a token that was encoded once more is called expired', async (t) => {
  const simulator = await simulatorFor(t)
  const token = simulator.tokens.issue()
  for (const text of [token, `AWS:${token}`]) {
    const Authorization = `Basic ${Buffer.from(text).toString('base64')}`
    assert.deepEqual(errorOf(await call(simulator, 'GET', '/v2/', { headers: { Authorization } })), EXPIRED)
  }
})

test('a token of another region is called expired', async (t) => {
  const simulator = await simulatorFor(t)
  const elsewhere = await startSimulator({ region: 'eu-west-1' })
  t.after(() => elsewhere.close())
  const Authorization = `Basic ${elsewhere.tokens.issue()}`
  assert.deepEqual(errorOf(await call(simulator, 'GET', '/v2/', { headers: { Authorization } })), EXPIRED)
})
