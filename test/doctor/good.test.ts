import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Finding } from '../../src/doctor/finding.ts'
import { goodSetUp, runDoctor } from './set-up.ts'

const CHECKS = [
  'configuration',
  'certificate',
  'name',
  'port',
  'credentials',
  'token',
  'clock',
  'registry',
  'layer host',
  'CloudWatch',
]

test('a good set-up: ten lines that are ok, in their order, and exit code 0', async (t) => {
  const { code, stdout, stderr } = await runDoctor(t, await goodSetUp(t))
  assert.equal(stderr, '')
  const lines = stdout.trimEnd().split('\n')
  assert.deepEqual(
    lines.slice(0, CHECKS.length).map((line) => line.slice(0, 19).trimEnd()),
    CHECKS.map((name) => `ok    ${name}`),
  )
  assert.deepEqual(lines.slice(CHECKS.length), ['', '10 ok, 0 warn, 0 fail'])
  assert.equal(code, 0)
})

test('--repository adds a line, --json makes one document, and nothing secret is in it', async (t) => {
  const setUp = await goodSetUp(t)
  const { simulator } = setUp
  const { code, stdout } = await runDoctor(t, setUp, '--json', '--repository', 'team/app:v1')
  const { status, checks }: { status: string; checks: Finding[] } = JSON.parse(stdout)
  assert.equal(status, 'ok')
  assert.deepEqual(
    checks.map(({ name }) => name),
    [...CHECKS, 'repository'],
  )
  assert.equal(code, 0)
  const asked = simulator.requests.filter(({ method }) => method === 'HEAD')
  assert.deepEqual(
    asked.map(({ url }) => url),
    ['/v2/team/app/manifests/v1'],
  )
  const { accessKeyId, secretAccessKey } = simulator.credentials
  assert.ok(stdout.includes(accessKeyId.slice(-4)))
  for (const secret of [accessKeyId, secretAccessKey, 'Basic ', 'BEGIN']) assert.ok(!stdout.includes(secret), secret)
  assert.doesNotMatch(stdout, /[A-Za-z0-9+/=]{200}/)
})

test('without CloudWatch metrics, CloudWatch is not looked at', async (t) => {
  const setUp = await goodSetUp(t)
  setUp.environment['METRICS'] = 'off'
  const { code, stdout } = await runDoctor(t, setUp)
  assert.match(stdout, /\n9 ok, 0 warn, 0 fail\n$/)
  assert.equal(setUp.cloudWatch.asked, 0)
  assert.equal(code, 0)
})
