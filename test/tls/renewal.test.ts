import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { type TestContext, test } from 'node:test'
import { CERTIFICATE_LOOK_MS, CERTIFICATE_REMINDER_MS } from '../../src/limits.ts'
import { CertificateLife } from '../../src/tls/expiry.ts'
import { CertificateRenewal } from '../../src/tls/renewal.ts'
import { CertificateFiles, type KeyPair } from '../support/certificate-files.ts'
import { makeCertificates } from '../support/certificates.ts'
import { FakeClock } from '../support/fake-clock.ts'
import { until } from '../support/until.ts'

const [old, next, third] = [await make(), await make(), await make()]

async function make(days?: number): Promise<KeyPair> {
  const { cert, key } = await makeCertificates(['registry.example.com'], days)
  return { cert, key }
}

const NOT_REPLACED = 'the TLS certificate cannot be replaced; the one before stays in use'
const MISMATCH =
  'TLS_PRIVATE_KEY: does not belong to TLS_CERTIFICATE; expected the key that the certificate was made for'

interface Bench {
  clock: FakeClock
  renewal: CertificateRenewal
  /** The pairs that were taken into use. */
  used: KeyPair[]
  log: { level: string; message: string; object: object }[]
  /** Lets it look at its files so often. */
  look(times: number): Promise<void>
}

function bench(t: TestContext, inUse: KeyPair, { certificate, privateKey }: Paths): Bench {
  const clock = new FakeClock()
  const life = new CertificateLife(inUse)
  const used: KeyPair[] = []
  const log: Bench['log'] = []
  const logTo = (level: string) => (object: object, message: string) => void log.push({ level, message, object })
  const use = (pair: KeyPair): void => {
    life.replace(pair)
    used.push(pair)
  }
  const logger = { info: logTo('info'), warn: logTo('warn'), error: logTo('error') }
  const renewal = new CertificateRenewal({ certificate, privateKey, inUse, life, use, clock, log: logger })
  t.after(() => renewal.close())
  renewal.start()
  const look = async (times: number): Promise<void> => {
    for (let i = 0; i < times; i++) {
      const armed = clock.armed
      await clock.advance(CERTIFICATE_LOOK_MS)
      // A look reads files, and arms the next one when it has.
      await until(() => clock.armed === armed, 'the end of a look')
    }
  }
  return { clock, renewal, used, log, look }
}

type Paths = Pick<CertificateFiles, 'certificate' | 'privateKey'>

function messages({ log }: Bench): string[] {
  return log.map(({ level, message }) => `${level}: ${message}`)
}

for (const [how, layout, renew] of [
  ['overwritten', 'plain', 'overwrite'],
  ['replaced by rename', 'plain', 'replace'],
  ["swapped by Kubernetes' symlink", 'mounted', 'swap'],
] as const) {
  test(`a pair whose files are ${how} is taken at the second look, once`, async (t) => {
    const files = await CertificateFiles[layout](t, old)
    const it = bench(t, old, files)
    await it.look(3)
    assert.deepEqual(it.used, [])
    await files[renew](next)
    await it.look(1)
    assert.deepEqual(it.used, [])
    await it.look(5)
    assert.deepEqual(it.used, [next])
    const validTo = new Date(new X509Certificate(next.cert).validTo).toISOString()
    assert.deepEqual(it.log, [
      { level: 'info', message: 'TLS certificate and key were read again', object: { validTo } },
    ])
    await files[renew](third)
    await it.look(2)
    assert.deepEqual(it.used, [next, third])
  })
}

test('it looks well within the 10 seconds that a renewed certificate may take', () => {
  assert.ok(2 * CERTIFICATE_LOOK_MS <= 5000)
})

test('a pair that is half written is passed over in silence when the other half comes by the next look', async (t) => {
  const files = await CertificateFiles.plain(t, old)
  const it = bench(t, old, files)
  writeFileSync(files.certificate, next.cert)
  await it.look(1)
  writeFileSync(files.privateKey, next.key)
  await it.look(2)
  assert.deepEqual(it.used, [next])
  assert.deepEqual(messages(it), ['info: TLS certificate and key were read again'])
})

test('a chain that is still being written is not taken for a whole one', async (t) => {
  const files = await CertificateFiles.plain(t, old)
  const it = bench(t, old, files)
  await files.overwrite(next)
  await it.look(1)
  appendFileSync(files.certificate, third.cert)
  await it.look(2)
  assert.deepEqual(it.used, [{ cert: next.cert + third.cert, key: next.key }])
})

test('a pair that stays half written is told once, and taken as soon as it matches', async (t) => {
  const files = await CertificateFiles.plain(t, old)
  const it = bench(t, old, files)
  writeFileSync(files.certificate, next.cert)
  await it.look(6)
  assert.deepEqual(it.used, [])
  assert.deepEqual(it.log, [{ level: 'error', message: NOT_REPLACED, object: { problems: [MISMATCH] } }])
  writeFileSync(files.privateKey, next.key)
  await it.look(2)
  assert.deepEqual(it.used, [next])
  assert.deepEqual(messages(it).slice(1), ['info: TLS certificate and key were read again'])
})

test('each change of what is wrong is told once, and so is the end of it', async (t) => {
  const files = await CertificateFiles.plain(t, old)
  const it = bench(t, old, files)
  rmSync(files.privateKey)
  await it.look(4)
  writeFileSync(files.privateKey, next.key)
  await it.look(4)
  writeFileSync(files.privateKey, '')
  await it.look(4)
  rmSync(files.certificate)
  mkdirSync(files.certificate)
  await it.look(4)
  rmSync(files.certificate, { recursive: true })
  await files.overwrite(old)
  await it.look(4)
  assert.deepEqual(it.used, [])
  const { log } = it
  assert.deepEqual(
    log.map(({ level, message, object }) => [level, message, 'problems' in object ? object.problems : undefined]),
    [
      [
        'error',
        NOT_REPLACED,
        [
          `TLS_PRIVATE_KEY: "${files.privateKey}" cannot be read (ENOENT); expected the path of a PEM file, or PEM text`,
        ],
      ],
      ['error', NOT_REPLACED, [MISMATCH]],
      [
        'error',
        NOT_REPLACED,
        [
          'TLS_PRIVATE_KEY: is no usable private key; expected an unencrypted PEM key, such as one that starts with -----BEGIN PRIVATE KEY-----',
        ],
      ],
      [
        'error',
        NOT_REPLACED,
        [
          `TLS_CERTIFICATE: "${files.certificate}" cannot be read (EISDIR); expected the path of a PEM file, or PEM text`,
        ],
      ],
      ['info', 'the TLS certificate in use is in its place again', undefined],
    ],
  )
})

test('when forced, what is there counts at once, good or bad, even if it is the same', async (t) => {
  const files = await CertificateFiles.plain(t, old)
  const it = bench(t, old, files)
  it.renewal.force()
  await until(() => it.used.length === 1, 'the same pair')
  await files.replace(next)
  it.renewal.force()
  await until(() => it.used.length === 2, 'the new pair')
  assert.deepEqual(it.used, [old, next])
  writeFileSync(files.privateKey, third.key)
  for (const errors of [1, 2]) {
    it.renewal.force()
    await until(() => it.log.filter(({ level }) => level === 'error').length === errors, 'an error')
  }
  await it.look(3)
  assert.equal(it.log.length, 4)
  assert.equal(it.used.length, 2)
})

test('a pair of texts has nothing to look at', async (t) => {
  const it = bench(t, old, { certificate: old.cert, privateKey: old.key })
  assert.equal(it.clock.nextInMs, CERTIFICATE_REMINDER_MS)
  it.renewal.force()
  await until(() => it.used.length === 1, 'the same pair')
})

test('a text and a file: the file is looked at', async (t) => {
  const { certificate } = await CertificateFiles.plain(t, old)
  const it = bench(t, old, { certificate, privateKey: old.key })
  const longer = old.cert + third.cert
  writeFileSync(certificate, longer)
  await it.look(2)
  assert.deepEqual(it.used, [{ cert: longer, key: old.key }])
})

test('what was renewed too late is warned of at the start, when it is renewed, and once a day', async (t) => {
  const [ten, two] = [await make(10), await make(2)]
  const files = await CertificateFiles.plain(t, ten)
  const it = bench(t, ten, files)
  const warnings = () => it.log.filter(({ level }) => level === 'warn')
  const warningOf = (daysLeft: number, warning: string): object => ({
    level: 'warn',
    message: 'the TLS certificate has to be renewed',
    object: { daysLeft, warning },
  })
  const ofExpired = warningOf(-2, 'the TLS certificate has expired')
  assert.deepEqual(warnings(), [warningOf(9, 'the TLS certificate expires in 9 days')])
  await files.replace(two)
  it.renewal.force()
  await until(() => it.used.length === 1, 'the new pair')
  assert.deepEqual(warnings().slice(1), [warningOf(1, 'the TLS certificate expires in 1 day')])
  const expired = await make(-1)
  await files.replace(expired)
  it.renewal.force()
  await until(() => it.used.length === 2, 'the expired pair')
  assert.deepEqual(warnings().slice(2), [ofExpired])
  await it.clock.advance(CERTIFICATE_REMINDER_MS - 1)
  assert.equal(warnings().length, 3)
  await it.clock.advance(1)
  await it.clock.advance(CERTIFICATE_REMINDER_MS)
  assert.deepEqual(warnings().slice(3), [ofExpired, ofExpired])
  await files.replace(old)
  it.renewal.force()
  await until(() => it.used.length === 3, 'a good pair')
  await it.clock.advance(CERTIFICATE_REMINDER_MS)
  assert.equal(warnings().length, 5)
})

test('nothing is taken, and no timer left, once it is closed', async (t) => {
  const files = await CertificateFiles.plain(t, old)
  const it = bench(t, old, files)
  await files.replace(next)
  it.renewal.force()
  it.renewal.close()
  assert.equal(it.clock.armed, 0)
  // By the time that another one, asked later, has read the same files.
  const other = bench(t, old, files)
  other.renewal.force()
  await until(() => other.used.length === 1, 'the new pair')
  assert.deepEqual(it.used, [])
})
