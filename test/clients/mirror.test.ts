import assert from 'node:assert/strict'
import { copyFile, mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { startContainerd } from './containerd.ts'
import { DOCKER_PROGRAMS, startDockerEngine } from './docker-engine.ts'
import { OciLayout } from './oci-layout.ts'
import { MIB } from './random-tar.ts'
import { clientSuite, shared, sharedEnvironment } from './suite.ts'
import { countRequests, forgetRequests } from './traffic.ts'

// What docs/operations.md says of mirrors. Docker Hub cannot be reached from here: an answer can only have come from the proxy.
clientSuite('mirror', [...DOCKER_PROGRAMS, 'skopeo'], () => {
  const environment = sharedEnvironment()

  /** Pushes an image to the proxy under a repository's name. */
  async function pushed(repository: string): Promise<void> {
    const { certificates, directory, registry, run, simulator } = environment()
    const layout = new OciLayout(await mkdtemp(join(directory, 'layout-')))
    await layout.tag('image', await layout.addImage('amd64', [MIB]))
    simulator.store.createRepository(repository)
    const target = `docker://${registry}/${repository}:1`
    await run('skopeo', ['copy', `--dest-cert-dir=${certificates}`, `oci:${layout.directory}:image`, target])
    forgetRequests(simulator)
  }

  const docker = shared(() =>
    startDockerEngine(environment(), { flags: [`--registry-mirror=https://${environment().registry}`] }),
  )

  test('docker takes an official image of Docker Hub from a mirror that has library/ at its root', async () => {
    await pushed('library/official')
    await docker().docker(['pull', 'official:1'])
    assert.ok(countRequests(environment().simulator, 'GET', /\/v2\/library\/official\/manifests\//) > 0)
  })

  test('containerd takes an image of another registry from a prefix of the mirror', async () => {
    const { certificates, directory, registry, simulator } = environment()
    await pushed('docker-hub/library/prefixed')
    const hosts = await mkdtemp(join(directory, 'prefixed-'))
    await mkdir(join(hosts, 'docker.io'))
    await copyFile(join(certificates, 'ca.crt'), join(hosts, 'ca.crt'))
    await writeFile(
      join(hosts, 'docker.io', 'hosts.toml'),
      `server = "https://registry-1.docker.io"
[host."https://${registry}/v2/docker-hub"]
capabilities = ["pull", "resolve"]
override_path = true
ca = ${JSON.stringify(join(hosts, 'ca.crt'))}
`,
    )
    const { ctr } = await startContainerd(environment())
    const image = 'docker.io/library/prefixed:1'
    await ctr('images', 'pull', '--snapshotter=native', '--platform=linux/amd64', `--hosts-dir=${hosts}`, image)
    assert.ok(countRequests(simulator, 'GET', /\/v2\/docker-hub\/library\/prefixed\/manifests\//) > 0)
    assert.equal(countRequests(simulator, 'GET', /ns=/) + countRequests(simulator, 'HEAD', /ns=/), 0)
  })
})
