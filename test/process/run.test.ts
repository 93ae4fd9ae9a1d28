import assert from 'node:assert/strict'
import { get as getPlain, type IncomingMessage } from 'node:http'
import { get as getSecure } from 'node:https'
import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { type TestContext, test } from 'node:test'
import { simulatorFor } from '../simulator/client.ts'
import type { Simulator } from '../simulator/simulator.ts'
import { makeCertificates } from '../support/certificates.ts'
import { eventually } from './eventually.ts'
import { startGate } from './gate.ts'
import { freePort, LEAST, startProcess } from './proxy-process.ts'

interface Answer {
  status: number | undefined
  headers: IncomingMessage['headers']
  body: string
}

/** One request on a connection of its own. */
async function get(url: string, ca?: string): Promise<Answer> {
  const request = ca === undefined ? getPlain(url, { agent: false }) : getSecure(url, { agent: false, ca })
  const [response]: IncomingMessage[] = await once(request, 'response')
  if (response === undefined) throw new Error('no response')
  return { status: response.statusCode, headers: response.headers, body: await text(response) }
}

function aws({ apiEndpoint, credentials }: Simulator): NodeJS.ProcessEnv {
  return {
    AWS_ENDPOINT_URL_ECR: apiEndpoint,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  }
}

/** A proxy that has its token, and where it listens. */
async function ready(t: TestContext, environment: NodeJS.ProcessEnv = {}) {
  const simulator = await simulatorFor(t)
  const port = await freePort()
  const proxy = startProcess(t, { ...LEAST, ...aws(simulator), PORT: String(port), ...environment })
  const origin = `http://127.0.0.1:${port}`
  return { simulator, proxy, port, origin }
}

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`${signal} with nothing in flight: exit code 0, and no secret was told`, async (t) => {
    const { simulator, proxy, port, origin } = await ready(t)
    await eventually(async () => assert.equal((await get(`${origin}/readyz`)).status, 200))
    // A connection that is kept alive, and one that never carried a request, hold nothing up.
    const idle = connect(port, '127.0.0.1').on('error', () => {})
    t.after(() => idle.destroy())
    await once(idle, 'connect')
    idle.write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n')
    await once(idle, 'data')
    const unused = connect(port, '127.0.0.1').on('error', () => {})
    t.after(() => unused.destroy())
    await once(unused, 'connect')

    proxy.child.kill(signal)
    const { code, stdout, stderr } = await proxy.ended
    assert.equal(code, 0, stdout + stderr)
    assert.equal(stderr, '')
    for (const line of stdout.trimEnd().split('\n')) assert.equal(typeof JSON.parse(line), 'object')
    assert.ok(!stdout.includes(simulator.credentials.secretAccessKey))
    assert.ok(!/[A-Za-z0-9+/=]{100}/.test(stdout), 'nothing that looks like a token')
  })
}

test('with STATUS_PORT the health routes, and nothing else, are on a plain listener of their own', async (t) => {
  const { cert, key, ca } = await makeCertificates(['localhost'])
  const statusPort = await freePort()
  const tls = { TLS: 'on', TLS_CERTIFICATE: cert, TLS_PRIVATE_KEY: key.replaceAll('\n', '\\n') }
  const { port, proxy } = await ready(t, { ...tls, STATUS_PORT: String(statusPort) })
  const status = `http://127.0.0.1:${statusPort}`
  const secure = `https://localhost:${port}`
  await eventually(async () => assert.equal((await get(`${status}/readyz`)).status, 200))
  assert.deepEqual(JSON.parse((await get(`${status}/readyz`)).body), { status: 'ready' })
  assert.deepEqual(JSON.parse((await get(`${status}/healthz`)).body), { status: 'ok' })
  assert.equal((await get(`${status}/v2/`)).status, 404)
  assert.equal((await get(`${secure}/healthz`, ca)).status, 200)
  assert.equal((await get(`${secure}/v2/`, ca)).body, '{}')
  proxy.child.kill('SIGTERM')
  assert.equal((await proxy.ended).code, 0)
})

test('AWS unreachable at start: it starts, says so, and recovers by itself', async (t) => {
  const simulator = await simulatorFor(t)
  const apiPort = await freePort()
  const environment = { ...aws(simulator), AWS_ENDPOINT_URL_ECR: `http://127.0.0.1:${apiPort}` }
  const { origin, proxy } = await ready(t, environment)
  await eventually(async () => {
    const { status, body } = await get(`${origin}/readyz`)
    assert.equal(status, 503)
    assert.deepEqual(JSON.parse(body), { status: 'not ready', reason: 'no valid ECR token: Error ECONNREFUSED' })
  })
  assert.equal((await get(`${origin}/healthz`)).status, 200)
  assert.equal((await get(`${origin}/v2/`)).status, 200)
  const refused = await get(`${origin}/v2/team/app/manifests/v1`)
  assert.equal(refused.status, 503)
  assert.equal(refused.headers['content-type'], 'application/json')
  assert.equal(refused.headers['retry-after'], '5')
  assert.equal(refused.headers['www-authenticate'], undefined)
  assert.deepEqual(JSON.parse(refused.body), {
    errors: [{ code: 'UNAVAILABLE', message: 'the proxy has no valid ECR token at the moment' }],
  })

  await startGate(t, apiPort, Number(new URL(simulator.apiEndpoint).port))
  await eventually(async () => assert.equal((await get(`${origin}/readyz`)).status, 200))
  assert.equal(simulator.tokens.calls, 1)
  proxy.child.kill('SIGTERM')
  assert.equal((await proxy.ended).code, 0)
})

test('a machine without IPv6 is listened to on its IPv4 addresses', async (t) => {
  const script = `
    import { Server } from 'node:net'
    const { listen } = Server.prototype
    Server.prototype.listen = function (options, ...more) {
      if (options.host !== '::') return listen.call(this, options, ...more)
      process.nextTick(() => this.emit('error', Object.assign(new Error('no IPv6'), { code: 'EAFNOSUPPORT' })))
      return this
    }`
  const port = await freePort()
  const environment = { ...LEAST, HOST: '', PORT: String(port) }
  const proxy = startProcess(t, environment, ['--import', `data:text/javascript,${encodeURIComponent(script)}`])
  await eventually(async () => assert.equal((await get(`http://127.0.0.1:${port}/healthz`)).status, 200))
  proxy.child.kill('SIGTERM')
  assert.equal((await proxy.ended).code, 0)
})

test('without HOST it listens on IPv6 and IPv4', async (t) => {
  const { port, proxy } = await ready(t, { HOST: '' })
  await eventually(async () => assert.equal((await get(`http://127.0.0.1:${port}/healthz`)).status, 200))
  assert.equal((await get(`http://[::1]:${port}/healthz`)).status, 200)
  proxy.child.kill('SIGTERM')
  assert.equal((await proxy.ended).code, 0)
})
