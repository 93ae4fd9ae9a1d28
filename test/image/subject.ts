import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before } from 'node:test'
import { writeBuildContext } from '../clients/build-context.ts'
import { type DockerEngine, startDockerEngine } from '../clients/docker-engine.ts'
import { shared } from '../clients/suite.ts'
import { forgetRequests } from '../clients/traffic.ts'
import { freePort } from '../process/proxy-process.ts'
import { type Caller, callerOf } from './caller.ts'
import { Container } from './container.ts'
import { type ImageEnvironment, startImageEnvironment } from './image-environment.ts'

/** The image as a caller has built it from a clean clone, and its container as the same call has started it. */
export interface Subject {
  environment(): ImageEnvironment
  caller(): Caller
  /** An engine that has none of the images. */
  elsewhere(): DockerEngine
  debugPort(): number
  /** What a user gives to make, and what stands in for a network here. */
  variables(): string[]
  container(): Container
  /** Builds an image with layers of random bytes, and makes its repository; returns its name. */
  build(repository: string, sizes: readonly number[]): Promise<string>
}

/** The subject of a suite; it ends with the suite. */
export function sharedSubject(): Subject {
  let started: ImageEnvironment | undefined
  after(() => started?.close())
  const environment = shared(async () => {
    started = await startImageEnvironment()
    return started
  })
  const debugPort = shared(freePort)
  const caller = shared(async () => callerOf(environment(), environment().engine))
  const elsewhere = shared(async () => startDockerEngine(environment()))

  const variables = (): string[] => {
    const { simulator, registry, port, makeVariables } = environment()
    const own = [`ECR_REGISTRY=${simulator.registryHost}`, `REGISTRY=${registry}`, `PORT=${port}`]
    return ['-e', ...own, `DEBUG_PORT=${debugPort()}`, 'SHUTDOWN_DELAY=8s', ...makeVariables]
  }
  const container = (): Container => new Container(environment().engine, 'registry')
  const build: Subject['build'] = async (repository, sizes) => {
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
    // As root, who may write to /etc/docker.
    const trust = ['--directory', caller().clone, '-e', `REGISTRY=${environment().registry}`, 'trust']
    await environment().run('make', trust)
    // Docker trusts all that is there, for the layer host as well, whose certificate is a public one elsewhere.
    const trusted = `/etc/docker/certs.d/${environment().registry}`
    await copyFile(join(environment().certificates, 'ca.crt'), join(trusted, 'layer-host.crt'))
  })
  return { environment, caller, elsewhere, debugPort, variables, container, build }
}
