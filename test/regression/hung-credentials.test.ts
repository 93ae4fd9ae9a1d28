// The SDK gives a lookup of credentials that is under way to everybody who asks, and sets no limit to it: a source that hung
// once (a credential_process that waits for a lock, an agent that accepts and is silent) was never asked again. No token
// was renewed any more, hours later nothing could be pulled, and only a restart helped.
import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { awsOf, freePort, plainHttp, ProxyProcess } from '../process/proxy-process.ts'
import { simulatorFor } from '../simulator/client.ts'

test('a source of credentials that hung once is asked again', async (t) => {
  const simulator = await simulatorFor(t)
  const directory = await mkdtemp(join(tmpdir(), 'credentials-'))
  t.after(() => rm(directory, { recursive: true }))
  const { accessKeyId, secretAccessKey } = simulator.credentials
  const answer = { Version: 1, AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey }
  const asked = join(directory, 'asked')
  const source = join(directory, 'source.sh')
  // The first one ends with the test.
  await writeFile(
    source,
    `if mkdir '${asked}'; then while [ -d '${asked}' ]; do sleep 0.1; done; else echo '${JSON.stringify(answer)}'; fi\n`,
  )
  const config = join(directory, 'config')
  await writeFile(config, `[default]\ncredential_process = sh ${source}\n`)
  const proxy = new ProxyProcess(t, {
    ...plainHttp(await freePort()),
    ...awsOf(simulator),
    AWS_ACCESS_KEY_ID: undefined,
    AWS_SECRET_ACCESS_KEY: undefined,
    AWS_CONFIG_FILE: config,
    AWS_SHARED_CREDENTIALS_FILE: join(directory, 'none'),
  })
  await proxy.logged('token obtained')
  const [failure] = proxy.lines('token refresh failed; there is no valid token')
  assert.match(JSON.stringify(failure), /the source of the AWS credentials does not answer/)
})
