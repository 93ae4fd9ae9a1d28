import { chmod, copyFile, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type DockerEngine, startDockerEngine } from '../clients/docker-engine.ts'
import { type ClientSide, type Environment, startEnvironment } from '../clients/environment.ts'
import { runProgram } from '../clients/program.ts'
import { PROXY_NAME } from '../clients/proxy.ts'
import { freePort } from '../process/proxy-process.ts'
import { type BaseImages, importBaseImages } from './base-images.ts'
import { type Bridge, makeBridge, removeBridge } from './bridge.ts'

/** ECR, an engine that can run containers, and the images that the Dockerfile stands on. */
export interface ImageEnvironment extends Environment {
  readonly engine: DockerEngine
  readonly bases: BaseImages
  /** Which network the containers are on, and why. */
  readonly network: string
  /** Where the container's proxy will be; `registry` has it, too. */
  readonly port: number
  /** What `make dockerBuild` and `make dockerRun` are given for want of a network and of AWS. */
  readonly makeVariables: readonly string[]
}

export async function startImageEnvironment(): Promise<ImageEnvironment> {
  const made = await makeBridge()
  const bridge = 'name' in made ? made : undefined
  const network = 'name' in made ? `bridge ${made.name}` : `the host's, because there is no bridge: ${made.reason}`
  try {
    const environment = await startEnvironment(bridge === undefined ? {} : { upstreamAddress: bridge.address })
    if (bridge !== undefined) environment.undo.add(removeBridge)
    try {
      return { ...(await complete(environment, bridge)), network }
    } catch (err) {
      await environment.close()
      throw err
    }
  } catch (err) {
    if (bridge !== undefined) await removeBridge().catch(() => undefined)
    throw err
  }
}

async function complete(
  environment: Environment,
  bridge: Bridge | undefined,
): Promise<Omit<ImageEnvironment, 'network'>> {
  const { directory, simulator } = environment
  const port = await freePort()
  const client: ClientSide = {
    ...environment,
    registry: `${PROXY_NAME}:${port}`,
    // Not by the environment's own: that tells the log of a proxy nobody asks here.
    run: async (program, args, options) => runProgram(program, args, { env: environment.clientEnv, ...options }),
  }
  const engine = await startDockerEngine(client, { bridge: bridge?.name })
  const bases = await importBaseImages(client, engine)
  // A directory that the container's user can read.
  const upstreamCa = join(directory, 'upstream-ca')
  await mkdir(upstreamCa)
  await chmod(upstreamCa, 0o755)
  await copyFile(join(environment.certificates, 'ca.crt'), join(upstreamCa, 'ca.crt'))
  const address = bridge?.address ?? new URL(simulator.apiEndpoint).hostname
  const run = [
    '--detach --name registry',
    `--add-host ${simulator.registryHost}:${address}`,
    `--volume ${upstreamCa}:/upstream-ca:ro --env NODE_EXTRA_CA_CERTS=/upstream-ca/ca.crt`,
  ]
  const makeVariables = [
    `BUILD_IMAGE=${bases.slim}`,
    `RUNTIME_IMAGE=${bases.distroless}`,
    'DOCKER_BUILD_OPTIONS=--network host',
    `DOCKER_RUN_OPTIONS=${run.join(' ')}`,
    ...(bridge === undefined ? ['DOCKER_NETWORK=host'] : []),
  ]
  return { ...environment, ...client, engine, bases, port, makeVariables }
}
