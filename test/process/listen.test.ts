import assert from 'node:assert/strict'
import { networkInterfaces } from 'node:os'
import { test } from 'node:test'
import { send } from '../support/http-client.ts'
import { RawClient } from '../support/raw-client.ts'
import { until } from '../support/until.ts'
import { freePort, plainHttp, ProxyProcess, takenPort } from './proxy-process.ts'

test('a port in use is one line that names PORT', async (t) => {
  const { port, close } = await takenPort()
  t.after(close)
  const { code, stderr } = await new ProxyProcess(t, plainHttp(port)).ended
  assert.equal(code, 1)
  assert.equal(stderr, `ecr-reverse-proxy: PORT: ${port} is in use; expected a free port on 127.0.0.1\n`)
})

test('a status port in use is one line that names STATUS_PORT', async (t) => {
  const { port, close } = await takenPort()
  t.after(close)
  const environment = { ...plainHttp(await freePort()), STATUS_PORT: String(port) }
  const { code, stderr } = await new ProxyProcess(t, environment).ended
  assert.equal(code, 1)
  assert.equal(stderr, `ecr-reverse-proxy: STATUS_PORT: ${port} is in use; expected a free port on 127.0.0.1\n`)
})

test('an address that is not this machine’s is one line that names HOST', async (t) => {
  // Of TEST-NET-1 (RFC 5737), which no machine has.
  const environment = { ...plainHttp(await freePort()), HOST: '192.0.2.1' }
  const { code, stderr } = await new ProxyProcess(t, environment).ended
  assert.equal(code, 1)
  assert.equal(
    stderr,
    'ecr-reverse-proxy: HOST: "192.0.2.1" is no address of this machine; expected one, such as 0.0.0.0 or ::\n',
  )
})

/** Lets every attempt to listen on `host` fail, as on a machine that this one is not. */
function refusing(host: string, code: string): string {
  return `
    import { Server } from 'node:net'
    import { constants } from 'node:os'
    const { listen } = Server.prototype
    Server.prototype.listen = function (options, ...rest) {
      if (options.host !== ${JSON.stringify(host)}) return listen.call(this, options, ...rest)
      const error = Object.assign(new Error('refused'), { code: '${code}', errno: -constants.errno.${code} })
      process.nextTick(() => this.emit('error', error))
      return this
    }`
}

for (const { code: refusal, line } of [
  {
    code: 'EACCES',
    line: 'PORT: 443 may not be listened on by this user; expected a port from 1024, or the right to use lower ones',
  },
  { code: 'ENOBUFS', line: 'PORT: cannot listen on port 443 of 127.0.0.1 (ENOBUFS)' },
]) {
  test(`${refusal} is one line`, async (t) => {
    const child = new ProxyProcess(t, plainHttp(443), { preload: refusing('127.0.0.1', refusal) })
    const { code, stderr } = await child.ended
    assert.equal(code, 1)
    assert.equal(stderr, `ecr-reverse-proxy: ${line}\n`)
  })
}

for (const refusal of ['EAFNOSUPPORT', 'EADDRNOTAVAIL']) {
  test(`a machine without IPv6 (${refusal}) is served on its IPv4 addresses`, async (t) => {
    const port = await freePort()
    const environment = { ...plainHttp(port), HOST: '' }
    const child = new ProxyProcess(t, environment, { preload: refusing('::', refusal) })
    await child.logged(`listening on 127.0.0.1 port ${port}`)
    assert.equal((await send({ port }, 'GET', '/healthz')).status, 200)
  })
}

test('several workers on a machine without IPv6 are served on its IPv4 addresses', async (t) => {
  const port = await freePort()
  // In the primary alone, since it is the one that listens; a worker hears of the failure from it.
  const preload = `import cluster from 'node:cluster'
    ${refusing('::', 'EAFNOSUPPORT')}
    if (cluster.isWorker) Server.prototype.listen = listen`
  const child = new ProxyProcess(t, { ...plainHttp(port), HOST: '', WORKERS: '2' }, { preload })
  await until(() => child.lines(`listening on 127.0.0.1 port ${port}`).length === 2, 'both workers', 20_000)
  assert.equal((await send({ port }, 'GET', '/healthz')).status, 200)
})

const hasIpv6 = Object.values(networkInterfaces()).some((each) => each?.some(({ address }) => address === '::1'))

test('without HOST it listens on IPv6 and IPv4', { skip: hasIpv6 ? false : 'no IPv6 here' }, async (t) => {
  const port = await freePort()
  const child = new ProxyProcess(t, { ...plainHttp(port), HOST: '' })
  await child.logged(`listening on :: port ${port}`)
  for (const host of ['127.0.0.1', '::1']) {
    const client = await RawClient.connect(t, { port }, host)
    client.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n')
    assert.equal((await client.answer()).status, 200)
  }
})

// On a port of freePort's, which nobody has on either protocol: a port that is free on one of them may be another's on the other.
for (const { host, told, elsewhere } of [
  { host: '0.0.0.0', told: '127.0.0.1', elsewhere: '::1' },
  { host: '::1', told: '::1', elsewhere: '127.0.0.1' },
]) {
  test(`HOST=${host} listens there alone`, { skip: hasIpv6 ? false : 'no IPv6 here' }, async (t) => {
    const port = await freePort()
    const child = new ProxyProcess(t, { ...plainHttp(port), HOST: host })
    await child.logged(`listening on ${told} port ${port}`)
    await RawClient.connect(t, { port }, told)
    await assert.rejects(RawClient.connect(t, { port }, elsewhere), { code: 'ECONNREFUSED' })
  })
}
