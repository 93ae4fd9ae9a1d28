import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { describe, type TestContext, test } from 'node:test'
import { simulatorFor } from '../simulator/client.ts'
import { CertificateFiles, type KeyPair } from '../support/certificate-files.ts'
import { makeCertificates } from '../support/certificates.ts'
import { untilAnswered } from '../support/until.ts'
import { childrenOf, type CrewProcess, LONG_MS, startCrew } from './crew-process.ts'
import { serialsOf } from './served-certificate.ts'

/** Longest time from a renewed file to new connections that get it. */
const RENEWED_MS = 10_000

const READ_AGAIN = 'TLS certificate and key were read again'
const NOT_REPLACED = 'the TLS certificate cannot be replaced; the one before stays in use'

const [old, second, third, fourth] = await Promise.all([make(), make(), make(), make()])
const { ca } = old

async function make() {
  return makeCertificates(['localhost'])
}

interface Renewing extends CrewProcess {
  files: CertificateFiles
  /** The certificates that new connections get. */
  served(): Promise<Set<string>>
}

async function start(t: TestContext, workers: number, files: CertificateFiles): Promise<Renewing> {
  const simulator = await simulatorFor(t)
  const { certificate: TLS_CERTIFICATE, privateKey: TLS_PRIVATE_KEY } = files
  const environment = { TLS: 'on', TLS_CERTIFICATE, TLS_PRIVATE_KEY }
  const crew = await startCrew(t, simulator, { workers, environment })
  return { ...crew, files, served: () => serialsOf(t, crew.port, ca) }
}

function only({ cert }: KeyPair): Set<string> {
  return new Set([new X509Certificate(cert).serialNumber])
}

/** Settles when the log has told of the `nth` renewal, and all new connections have it: within the time allowed. */
async function renewed({ primary, served }: Renewing, nth: number, pair: KeyPair, write: Promise<void>): Promise<void> {
  const start = performance.now()
  await write
  await primary.logged(READ_AGAIN, nth)
  // The log is ahead of the workers.
  const isServed = async (): Promise<boolean> => isEqual(await served(), only(pair))
  await untilAnswered(isServed, 'the renewed certificate', LONG_MS)
  assert.ok(performance.now() - start < RENEWED_MS)
}

function isEqual(one: Set<string>, other: Set<string>): boolean {
  return one.size === other.size && [...one].every((each) => other.has(each))
}

for (const workers of [1, 2]) {
  void describe(`the certificate of ${workers} of ${workers} workers`, { concurrency: true }, () => {
    test('is renewed from its files, however they are replaced', async (t) => {
      const proxy = await start(t, workers, await CertificateFiles.mounted(t, old))
      const { files, served } = proxy
      assert.deepEqual(await served(), only(old))
      await renewed(proxy, 1, second, files.swap(second))
      await renewed(proxy, 2, third, files.overwrite(third))
      await renewed(proxy, 3, fourth, files.replace(fourth))
      assert.equal(childrenOf(proxy.primary.pid).length, workers === 1 ? 0 : workers)
      assert.deepEqual(proxy.primary.lines(NOT_REPLACED), [])
    })

    test('stays while its files are half written, which is told once, and is renewed when they match', async (t) => {
      const proxy = await start(t, workers, await CertificateFiles.plain(t, old))
      const { files, primary, served } = proxy
      await writeFile(files.certificate, second.cert)
      const { level, problems } = await primary.logged(NOT_REPLACED)
      assert.equal(level, 50)
      assert.match(String(problems), /^TLS_PRIVATE_KEY: does not belong to TLS_CERTIFICATE/)
      assert.deepEqual(await served(), only(old))
      await renewed(proxy, 1, second, writeFile(files.privateKey, second.key))
      await writeFile(files.privateKey, 'no key')
      await primary.logged(NOT_REPLACED, 2)
      assert.deepEqual(await served(), only(second))
      primary.signal('SIGTERM')
      const { code, stdout } = await primary.ended
      assert.equal(code, 0)
      assert.equal(primary.lines(NOT_REPLACED).length, 2)
      for (const { key } of [old, second]) assert.ok(!stdout.includes(key.split('\n')[1] ?? key), 'no key is told')
    })
  })
}
