import assert from 'node:assert/strict'
import { request } from 'node:https'
import { type TestContext, test } from 'node:test'
import { type Reply, replyTo, simulatorFor } from '../simulator/client.ts'
import { CertificateFiles } from '../support/certificate-files.ts'
import { makeCertificates } from '../support/certificates.ts'
import { emfEvent, emfValues } from '../support/emf.ts'
import { send } from '../support/http-client.ts'
import { untilAnswered } from '../support/until.ts'
import { type CrewProcess, LONG_MS, startCrew } from './crew-process.ts'
import { freePort } from './proxy-process.ts'

const RENEW = 'the TLS certificate has to be renewed'

interface Expiring extends CrewProcess {
  files: CertificateFiles
  debug: number
}

async function start(t: TestContext, workers: number, days: number): Promise<Expiring> {
  const files = await CertificateFiles.plain(t, await makeCertificates(['localhost'], days))
  const debug = await freePort()
  const { certificate: TLS_CERTIFICATE, privateKey: TLS_PRIVATE_KEY } = files
  const metrics = { METRICS: 'emf', METRICS_INTERVAL: '1s' }
  const environment = { TLS: 'on', TLS_CERTIFICATE, TLS_PRIVATE_KEY, DEBUG_PORT: String(debug), ...metrics }
  return { ...(await startCrew(t, await simulatorFor(t), { workers, environment })), files, debug }
}

/** What /readyz says over TLS, whose certificate may have expired. */
async function readyz(port: number): Promise<Reply> {
  const to = { host: '127.0.0.1', port, path: '/readyz', rejectUnauthorized: false, agent: false }
  return replyTo(request(to).end())
}

/** Settles when the status listener and new connections to any worker say that it is ready, and nothing but this besides. */
async function readyWith({ port, status }: Expiring, warning?: string): Promise<void> {
  const body = JSON.stringify({ status: 'ready', warning })
  const says = async (): Promise<boolean> => {
    const replies = await Promise.all([
      send({ port: status }, 'GET', '/readyz'),
      ...[1, 2, 3, 4].map(() => readyz(port)),
    ])
    return replies.every((reply) => reply.status === 200 && reply.body === body)
  }
  await untilAnswered(says, body, LONG_MS)
}

async function metricIs({ status }: Expiring, days: number): Promise<void> {
  const { body } = await send({ port: status }, 'GET', '/metrics')
  assert.match(body, new RegExp(`^ecr_reverse_proxy_certificate_days_left ${days}$`, 'm'))
}

async function findings({ debug }: Expiring): Promise<string> {
  const numbers = await untilAnswered(async () => {
    const { body } = await send({ port: debug }, 'GET', '/debug/clinic/numbers', { headers: { Host: 'localhost' } })
    const { findings }: { findings: { text: string }[] } = JSON.parse(body)
    return findings.length > 0 && findings
  }, 'a sample')
  return numbers.map(({ text }) => text).join('\n')
}

for (const workers of [1, 2]) {
  test(`with ${workers} of ${workers} workers, a certificate that expires is told wherever one looks`, async (t) => {
    const proxy = await start(t, workers, 5)
    const { primary, files } = proxy
    await readyWith(proxy, 'the TLS certificate expires in 4 days')
    await metricIs(proxy, 4)
    const event = emfEvent(await primary.said(/"CertificateDaysLeft":/))
    assert.deepEqual(emfValues([event], 'CertificateDaysLeft', {}), [4])
    assert.match(await findings(proxy), /^the TLS certificate expires in 4 days: /m)
    const { level, daysLeft } = await primary.logged(RENEW)
    assert.deepEqual([level, daysLeft], [40, 4])

    await files.replace(await makeCertificates(['localhost'], -1))
    primary.signal('SIGHUP')
    await readyWith(proxy, 'the TLS certificate has expired')
    await metricIs(proxy, -2)
    // By the primary alone, at the start and with the other certificate.
    assert.deepEqual(
      primary.lines(RENEW).map(({ pid, warning }) => [pid, warning]),
      [
        [primary.pid, 'the TLS certificate expires in 4 days'],
        [primary.pid, 'the TLS certificate has expired'],
      ],
    )

    await files.replace(await makeCertificates(['localhost'], 30))
    primary.signal('SIGHUP')
    await readyWith(proxy)
    await metricIs(proxy, 29)
    assert.equal(primary.lines(RENEW).length, 2)
  })
}
