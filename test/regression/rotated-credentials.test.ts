// The AWS SDK keeps credentials until they expire, and reads the credentials file once. So keys that were replaced in that
// file were never looked at, and neither was a role's new session when the old one had been revoked before its end: every
// token call was refused until somebody restarted the proxy.
import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { createCloudWatchClient } from '../../src/metrics/cloudwatch-sink.ts'
import { awsOf, freePort, plainHttp, ProxyProcess } from '../process/proxy-process.ts'
import type { Credentials } from '../simulator/api-signature.ts'
import { simulatorFor } from '../simulator/client.ts'
import { until } from '../support/until.ts'

const LONG_MS = 20_000

function fileOf({ accessKeyId, secretAccessKey }: Credentials): string {
  return `[default]\naws_access_key_id=${accessKeyId}\naws_secret_access_key=${secretAccessKey}\n`
}

test('keys that are replaced in the credentials file are used after the first refusal', async (t) => {
  const simulator = await simulatorFor(t, { tokenLifetimeMs: 2000 })
  const directory = await mkdtemp(join(tmpdir(), 'credentials-'))
  t.after(() => rm(directory, { recursive: true }))
  const file = join(directory, 'credentials')
  await writeFile(file, fileOf(simulator.credentials))
  const port = await freePort()
  const proxy = new ProxyProcess(t, {
    ...plainHttp(port),
    ...awsOf(simulator),
    AWS_ACCESS_KEY_ID: undefined,
    AWS_SECRET_ACCESS_KEY: undefined,
    AWS_SHARED_CREDENTIALS_FILE: file,
  })
  await proxy.logged('token obtained')

  const rotated = simulator.rotateCredentials()
  await proxy.logged('token refresh failed; there is no valid token')
  const before = proxy.lines('token obtained').length
  await writeFile(file, fileOf(rotated))
  await until(() => proxy.lines('token obtained').length > before, 'a token by the new keys', LONG_MS)
  assert.ok(!proxy.stdout.includes(rotated.secretAccessKey))
})

test("CloudWatch's client looks into the credentials file again, too", async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'credentials-'))
  const names = ['AWS_SHARED_CREDENTIALS_FILE', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_PROFILE'] as const
  const before = names.map((name) => [name, process.env[name]] as const)
  t.after(async () => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name]
      else process.env[name] = value
    }
    await rm(directory, { recursive: true })
  })
  for (const name of names) delete process.env[name]
  const file = join(directory, 'credentials')
  process.env['AWS_SHARED_CREDENTIALS_FILE'] = file
  const client = createCloudWatchClient('us-east-1')
  t.after(() => client.destroy())
  await writeFile(file, fileOf({ accessKeyId: 'AKIAONE', secretAccessKey: 'one' }))
  assert.equal((await client.config.credentials()).accessKeyId, 'AKIAONE')
  await writeFile(file, fileOf({ accessKeyId: 'AKIATWO', secretAccessKey: 'two' }))
  assert.equal((await client.config.credentials({ forceRefresh: true })).accessKeyId, 'AKIATWO')
})
