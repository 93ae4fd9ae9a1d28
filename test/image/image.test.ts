import assert from 'node:assert/strict'
import { chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { DOCKER_PROGRAMS, identity } from '../clients/docker-engine.ts'
import { MIB } from '../clients/random-tar.ts'
import { clientSuite } from '../clients/suite.ts'
import { assertFromLayerHost } from '../clients/traffic.ts'
import { callerOf } from './caller.ts'
import { testContainer } from './of-container.ts'
import { testImage } from './of-image.ts'
import { sharedSubject } from './subject.ts'

const CREDENTIALS = ['TLS_CERTIFICATE=credentials/cert.pem', 'TLS_PRIVATE_KEY=credentials/privkey.pem']

clientSuite('image', [...DOCKER_PROGRAMS, 'make', 'git', 'openssl', 'setpriv', 'ldd', 'tar'], () => {
  const subject = sharedSubject()
  const { environment, elsewhere, debugPort, container, build } = subject

  test('make dockerBuild dockerRun in a clean clone serves a push and a pull by docker', async (t) => {
    t.diagnostic(`containers are on the network: ${environment().network}`)
    const { engine, simulator } = environment()
    const image = await build('app', [MIB, 60 * MIB])
    await engine.docker(['push', image])
    const pushed = await identity(engine, image)
    await elsewhere().docker(['pull', image])
    assert.deepEqual(await identity(elsewhere(), image), pushed)
    assertFromLayerHost(simulator, 3)
  })

  testContainer(subject)

  test('SIGTERM during a push lets it finish', async () => {
    const { engine, simulator } = environment()
    // Under way when the signal comes, and all over within SHUTDOWN_DELAY on a slow machine, too.
    const image = await build('during', [60 * MIB])
    const exit = engine.docker(['wait', 'registry'])
    const logs = engine.docker(['logs', '--follow', 'registry'])
    const push = engine.docker(['push', image])
    await simulator.waitForRequest(({ method, bodyBytes }) => method === 'PATCH' && bodyBytes > 0, 30_000)
    await engine.docker(['kill', '--signal', 'TERM', 'registry'])
    await push
    assert.equal((await exit).stdout.trim(), '0')
    const lines: Record<string, unknown>[] = (await logs).stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    const leaving = lines.find(({ msg }) => msg === 'shutting down')
    assert.ok(Number(leaving?.['inFlight']) > 0, JSON.stringify(leaving))
    assert.equal(lines.find(({ msg }) => msg === 'shut down')?.['cut'], 0)
    assert.ok(
      simulator.requests.some(({ method, url, status }) => method === 'PUT' && /manifests/.test(url) && status === 201),
    )
  })

  testImage(subject)

  test('it runs for root and with the certificate and REGION of 2018, and still not as root', async () => {
    const { engine, simulator, registry, port, makeVariables } = environment()
    const root = await callerOf(environment(), engine, 0)
    await mkdir(join(root.clone, 'credentials'))
    await root.make(['genSelfsigned', `REGISTRY=${registry}`, ...CREDENTIALS])
    const { accessKeyId, secretAccessKey } = simulator.credentials
    const aws = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey }
    const six = ['-e', 'REGION=us-east-1', '-e', `ECR_REGISTRY=${simulator.registryHost}`, '-e', `REGISTRY=${registry}`]
    const given = [...six, `PORT=${port}`, `DEBUG_PORT=${debugPort()}`, ...CREDENTIALS, ...makeVariables]
    const { stderr } = await root.make([...given, 'dockerBuild', 'dockerRun'], aws)
    // Root's own file, which the container's user cannot read: the variables stand in for it.
    assert.match(stderr, /\.aws\/credentials: uid 65532, which the container runs as, cannot read it/)
    assert.doesNotMatch(stderr, /privkey/)
    await container().ready(port)
    assert.equal(await container().node('process.getuid()'), '65532')
    await container().remove()
  })

  test('for root it reads certificate and credentials below /root, which the image has closed', async (t) => {
    const { engine, simulator, registry, port, makeVariables } = environment()
    const root = await callerOf(environment(), engine, 0)
    const directory = await mkdtemp('/root/image-test-')
    t.after(() => rm(directory, { recursive: true }))
    const { accessKeyId, secretAccessKey } = simulator.credentials
    const credentials = join(directory, 'credentials')
    const profile = [
      '[default]',
      `aws_access_key_id = ${accessKeyId}`,
      `aws_secret_access_key = ${secretAccessKey}`,
      '',
    ]
    await writeFile(credentials, profile.join('\n'), { mode: 0o600 })
    await chown(credentials, 65_532, 65_532)
    const own = [`ECR_REGISTRY=${simulator.registryHost}`, `REGISTRY=${registry}`, `PORT=${port}`]
    const tls = [`TLS_CERTIFICATE=${directory}/tls/cert.pem`, `TLS_PRIVATE_KEY=${directory}/tls/privkey.pem`]
    const given = ['-e', ...own, `DEBUG_PORT=${debugPort()}`, ...tls, ...makeVariables]
    await root.make([...given, 'dockerBuild', 'dockerRun'], { AWS_SHARED_CREDENTIALS_FILE: credentials })
    await container().ready(port)
    await container().remove()
  })
})
