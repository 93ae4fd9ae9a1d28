import assert from 'node:assert/strict'
import { appendFile, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { ProgramFailedError } from '../clients/program.ts'
import type { Subject } from './subject.ts'

const MAX_IMAGE_BYTES = 250e6

/** What the image is, and is not. */
export function testImage({ environment, caller, debugPort, variables }: Subject): void {
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
    assert.match(stdout, /TLS: "maybe" is not allowed/)
  })
}
