// On HOST=0.0.0.0 Fastify logs a line for each IPv4 address of the machine. Ours had the same text for each, so that one listener
// looked like as many as there were addresses.
import assert from 'node:assert/strict'
import { networkInterfaces } from 'node:os'
import { test } from 'node:test'
import { listeningLine } from '../../src/listen.ts'
import { until } from '../support/until.ts'
import { freePort, plainHttp, ProxyProcess } from '../process/proxy-process.ts'

test('each address that is listened on has one line, which names it', async (t) => {
  const addresses = Object.values(networkInterfaces())
    .flatMap((each) => each ?? [])
    .filter(({ family }) => family === 'IPv4')
    .map(({ address }) => address)
  const port = await freePort()
  const child = new ProxyProcess(t, { ...plainHttp(port), HOST: '0.0.0.0' })
  const lines = (): number[] => addresses.map((address) => child.lines(`listening on ${address} port ${port}`).length)
  await until(() => lines().every((count) => count > 0), 'a line for each address')
  assert.deepEqual(
    lines(),
    addresses.map(() => 1),
  )
})

for (const { origin, line } of [
  { origin: 'http://127.0.0.1:5000', line: 'listening on 127.0.0.1 port 5000' },
  { origin: 'https://[::1]:443', line: 'listening on ::1 port 443' },
  // No host of a URL: a proxy that took it for one ended at its start.
  { origin: 'https://[fe80::1%eth0]:5000', line: 'listening on fe80::1%eth0 port 5000' },
]) {
  test(`${origin} is told as "${line}"`, () => {
    assert.equal(listeningLine(origin), line)
  })
}
