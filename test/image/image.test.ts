import assert from 'node:assert/strict'
import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { writeBuildContext } from '../clients/build-context.ts'
import { DOCKER_PROGRAMS, identity, startDockerEngine } from '../clients/docker-engine.ts'
import { ProgramFailedError } from '../clients/program.ts'
import { MIB } from '../clients/random-tar.ts'
import { clientSuite, shared } from '../clients/suite.ts'
import { assertFromLayerHost, forgetRequests } from '../clients/traffic.ts'
import { freePort } from '../process/proxy-process.ts'
import { send } from '../support/http-client.ts'
import { npmStart } from '../support/npm-start.ts'
import { untilAnswered } from '../support/until.ts'
import { CALLER_UID, callerOf } from './caller.ts'
import { Container } from './container.ts'
import { type ImageEnvironment, startImageEnvironment } from './image-environment.ts'

const MAX_IMAGE_BYTES = 250e6
const READY_MS = 1_500

clientSuite('image', [...DOCKER_PROGRAMS, 'make', 'git', 'openssl', 'setpriv', 'ldd', 'tar'], () => {
  let started: ImageEnvironment | undefined
  after(() => started?.close())
  const environment = shared(async () => {
    started = await startImageEnvironment()
    return started
  })
  const debugPort = shared(freePort)
  const caller = shared(async () => callerOf(environment(), environment().engine))

  /** What a user gives to make, and what stands in for a network here. */
  function variables(): string[] {
    const { simulator, registry, port, makeVariables } = environment()
    const own = [`ECR_REGISTRY=${simulator.registryHost}`, `REGISTRY=${registry}`, `PORT=${port}`]
    return ['-e', ...own, `DEBUG_PORT=${debugPort()}`, 'SHUTDOWN_DELAY=8s', ...makeVariables]
  }

  const container = (): Container => new Container(environment().engine, 'registry')

  /** Builds an image with layers of random bytes, and makes its repository. */
  async function build(repository: string, sizes: readonly number[]): Promise<string> {
    const { directory, engine, registry, simulator } = environment()
    const image = `${registry}/${repository}:1`
    await engine.docker(['build', '--quiet', '--tag', image, await writeBuildContext(directory, sizes)])
    simulator.store.createRepository(repository)
    forgetRequests(simulator)
    return image
  }

  before(async () => {
    await caller().make([...variables(), 'dockerBuild', 'dockerRun'])
    await container().ready(environment().port)
    await environment().run('make', [
      '-e',
      `REGISTRY=${environment().registry}`,
      'trust',
      '--directory',
      caller().clone,
    ])
  })

  test('make dockerBuild dockerRun in a clean clone serves a push and a pull by docker', async (t) => {
    t.diagnostic(`containers are on the network: ${environment().network}`)
    const { engine, simulator } = environment()
    const image = await build('app', [MIB, 60 * MIB])
    await engine.docker(['push', image])
    const pushed = await identity(engine, image)
    const elsewhere = await startDockerEngine(environment())
    await elsewhere.docker(['pull', image])
    assert.deepEqual(await identity(elsewhere, image), pushed)
    assertFromLayerHost(simulator, 3)
  })

  test('the image is small, and labelled', async () => {
    const { engine, bases } = environment()
    const { stdout } = await engine.docker(['image', 'inspect', 'ecr_reverse_proxy'])
    const [{ Size: size, Config: config }] = JSON.parse(stdout)
    assert.ok(size < MAX_IMAGE_BYTES, `${size} bytes`)
    const { version } = JSON.parse(await readFile('package.json', 'utf8'))
    const { stdout: revision } = await environment().run('git', ['-c', 'safe.directory=*', 'rev-parse', 'HEAD'])
    const labels = Object.entries(config.Labels).map(([name, value]) => [
      name.replace('org.opencontainers.image.', ''),
      value,
    ])
    assert.deepEqual(Object.fromEntries(labels), {
      title: 'ecr-reverse-proxy',
      description: 'A registry hostname of your own in front of Amazon ECR',
      licenses: 'MIT',
      version,
      revision: revision.trim(),
      'base.name': bases.distroless,
    })
  })

  test('what make dockerBuild was given is the default of the image, and no more', async () => {
    const { engine, simulator, registry, port } = environment()
    const inspected = await engine.docker(['image', 'inspect', '--format', '{{json .Config}}', 'ecr_reverse_proxy'])
    const { Env: variablesOfImage, ExposedPorts: ports } = JSON.parse(inspected.stdout)
    const set = variablesOfImage.filter((line: string) => !/=$|^(?:PATH|HOME|MALLOC_ARENA_MAX)=/.test(line))
    assert.deepEqual(set.toSorted(), [
      `DEBUG_PORT=${debugPort()}`,
      `ECR_REGISTRY=${simulator.registryHost}`,
      `PORT=${port}`,
      `REGISTRY=${registry}`,
      'SHUTDOWN_DELAY=8s',
    ])
    assert.deepEqual(ports, { [`${port}/tcp`]: {} })
    const run = engine.docker([
      'run',
      '--rm',
      '--network',
      'none',
      '--env',
      'ECR_REGISTRY=elsewhere',
      'ecr_reverse_proxy',
    ])
    await assert.rejects(
      run,
      (err) => err instanceof ProgramFailedError && /ECR_REGISTRY: "elsewhere"/.test(err.output),
    )
  })

  test('node is PID 1 with the flags of npm start, as the caller and not as root', async () => {
    const { flags, environment: measured } = npmStart()
    const commandLine = await container().node(`fs.readFileSync('/proc/1/cmdline', 'utf8').split('\\0').join(' ')`)
    assert.equal(commandLine, `node ${flags.join(' ')} /opt/ecr-reverse-proxy/dist/src/main.js`)
    const environ = await container().node(`fs.readFileSync('/proc/1/environ', 'utf8').split('\\0').join('\\n')`)
    for (const [name, value] of Object.entries(measured))
      assert.ok(environ.split('\n').includes(`${name}=${value}`), name)
    assert.equal(await container().node(`fs.statSync('/proc/1').uid`), String(CALLER_UID))
    const { stdout } = await environment().engine.docker([
      'image',
      'inspect',
      '--format',
      '{{.Config.User}}',
      'ecr_reverse_proxy',
    ])
    assert.equal(stdout.trim(), '65532:65532')
  })

  test('the container may write nothing, gain nothing, and has no shell', async () => {
    const write = await container().node(
      `['/', '/tmp', '/home/nonroot', '/opt/ecr-reverse-proxy'].map((path) => {
        try { return fs.writeFileSync(path + '/x', '') } catch (error) { return error.code } }).join()`,
    )
    assert.match(write, /^(?:EROFS|ENOENT|EACCES)(?:,(?:EROFS|ENOENT|EACCES))*$/)
    assert.equal(await container().inspect('.HostConfig.ReadonlyRootfs'), true)
    const status = await container().node(`fs.readFileSync('/proc/1/status', 'utf8')`)
    assert.match(status, /^NoNewPrivs:\t1$/m)
    assert.match(status, /^CapBnd:\t0+$/m)
    const shell = environment().engine.docker(['exec', 'registry', 'sh', '-c', 'true'])
    await assert.rejects(
      shell,
      (err) => err instanceof ProgramFailedError && /executable file not found/.test(err.output),
    )
  })

  test('certificates and AWS configuration are mounted read-only, and no secret is in its variables', async () => {
    const { clone } = caller()
    const mounts = await container().inspect('.Mounts')
    assert.ok(Array.isArray(mounts))
    const shown = mounts.map(
      ({ Source: source, Destination: target, RW: writable }) => `${source} ${target} ${writable}`,
    )
    const own = shown.filter((mount) => !mount.includes(' /upstream-ca '))
    assert.deepEqual(own.toSorted(), [
      `${join(clone, '../.aws')} /home/nonroot/.aws false`,
      `${join(clone, 'certs')} ${join(clone, 'certs')} false`,
    ])
    const inspected = JSON.stringify(await container().inspect('.'))
    assert.ok(inspected.includes('AWS_ENDPOINT_URL_ECR'))
    assert.ok(!inspected.includes(environment().simulator.credentials.secretAccessKey))
  })

  test('the debug server is reached from the host by loopback alone', async () => {
    const { body } = await send({ port: debugPort() }, 'GET', '/debug/pprof/')
    assert.match(body, /profile/)
    const listening = await environment().run('sh', ['-c', 'cat /proc/net/tcp /proc/net/tcp6'])
    const port = debugPort().toString(16).toUpperCase().padStart(4, '0')
    // A line has the local address, the remote one and the state; 0A is LISTEN (proc(5)).
    const sockets = [...listening.stdout.matchAll(/: ([0-9A-F]+):([0-9A-F]{4}) [0-9A-F]+:[0-9A-F]{4} 0A /g)]
    const addresses = sockets.filter(([, , at]) => at === port).map(([, address]) => address)
    assert.deepEqual(addresses, ['0100007F'])
  })

  test('it is ready within 1.5 s, in the quickest of three starts', async (t) => {
    const times: number[] = []
    for (let round = 0; round < 3; round++) {
      await container().remove()
      await caller().make([...variables(), 'dockerRun'])
      await container().ready(environment().port)
      const ready = Date.now()
      times.push(ready - Date.parse(String(await container().inspect('.State.StartedAt'))))
    }
    t.diagnostic(`ready after ${times.join(', ')} ms`)
    assert.ok(Math.min(...times) < READY_MS, `${times.join(', ')} ms`)
  })

  test('the engine calls it healthy', async () => {
    const health = async (): Promise<boolean> => (await container().inspect('.State.Health.Status')) === 'healthy'
    await untilAnswered(health, 'healthy', 60_000)
  })

  test('SIGTERM during a push lets it finish', async () => {
    const { engine, simulator } = environment()
    const image = await build('during', [150 * MIB])
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

  test('the image holds no secret that stood beside its sources or in the environment', async () => {
    const { directory, engine } = environment()
    const { clone, make } = caller()
    const decoy = 'decoy-of-a-secret-that-no-image-may-hold'
    for (const name of ['.env', 'credentials.json', 'certs/other.key', 'src/.env'])
      await writeFile(join(clone, name), decoy)
    await appendFile(join(clone, '.npmrc'), `//registry.example.test/:_authToken=${decoy}\n`)
    await make([...variables(), 'dockerBuild'], {
      AWS_SECRET_ACCESS_KEY: decoy,
      TLS_PRIVATE_KEY: decoy,
      NPM_TOKEN: decoy,
    })
    const archive = join(directory, 'image.tar')
    await engine.docker(['save', '--output', archive, 'ecr_reverse_proxy'])
    const bytes = await readFile(archive)
    const [, keyLine = ''] = (await readFile(join(clone, 'certs/registry.key'), 'utf8')).split('\n')
    assert.ok(keyLine.length > 40)
    for (const secret of [decoy, keyLine]) assert.ok(!bytes.includes(secret), secret)
    // Its layers are read, and not some compressed form of them.
    const main = await readFile(join('dist/src/main.js'))
    assert.ok(bytes.includes(main))
  })

  test('it runs on an image shaped as the official slim ones, too', async () => {
    const { bases, engine } = environment()
    await caller().make([...variables(), `RUNTIME_IMAGE=${bases.slim}`, 'dockerBuild'])
    const { stdout } = await engine
      .docker(['run', '--rm', '--network', 'none', '--env', 'TLS=maybe', 'ecr_reverse_proxy'])
      .catch((err: unknown) => {
        assert.ok(err instanceof ProgramFailedError)
        return { stdout: err.output }
      })
    assert.match(stdout, /^TLS: "maybe"/m)
  })
})

const CREDENTIALS = ['TLS_CERTIFICATE=credentials/cert.pem', 'TLS_PRIVATE_KEY=credentials/privkey.pem']
