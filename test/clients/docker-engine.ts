import { copyFile, mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Background } from './background.ts'
import { startContainerd } from './containerd.ts'
import type { ClientSide } from './environment.ts'
import type { Outcome, RunOptions } from './program.ts'

export const DOCKER_PROGRAMS = ['docker', 'dockerd', 'containerd', 'ctr', 'runc'] as const

/** A Docker Engine of the test's own, with an empty store. */
export interface DockerEngine {
  /** For a DOCKER_HOST. */
  readonly socket: string
  docker(args: readonly string[], options?: Partial<RunOptions>): Promise<Outcome>
}

/**
 * `flags` are further ones of dockerd. `bridge` is a network bridge of this machine for its containers, which without one
 * have the host's network, or none.
 */
export async function startDockerEngine(
  environment: ClientSide,
  { flags = [], bridge = 'none' }: { flags?: readonly string[]; bridge?: string | undefined } = {},
): Promise<DockerEngine> {
  const { undo } = environment
  await trustByCertsD(environment)
  const directory = await mkdtemp(join(environment.directory, 'docker-'))
  const at = (name: string): string => join(directory, name)
  const socket = `unix://${at('socket')}`
  // The builder of the engine itself: BuildKit's client is a package of its own.
  const env = { ...environment.clientEnv, DOCKER_HOST: socket, DOCKER_CONFIG: at('config'), DOCKER_BUILDKIT: '0' }
  // The machine's own daemon.json may contradict these flags, and dockerd then refuses to start.
  await writeFile(at('daemon.json'), '{}')
  const files = ['--config-file', at('daemon.json'), '--data-root', at('root'), '--exec-root', at('exec')]
  const listen = ['--host', socket, '--pidfile', at('pid')]
  // The machine's network and firewall stay as they are.
  const firewall = ['--iptables=false', '--ip6tables=false', '--ip-forward=false', '--ip-masq=false']
  const network = [...firewall, '--bridge', bridge]
  // Without this dockerd takes the machine's containerd where there is one, and leaves its namespace behind in it.
  const containerd = ['--containerd', (await startContainerd(environment)).socket]
  // dockerd 20.10 writes its key there, wherever its data is.
  undo.leaveAsFound('/etc/docker/key.json')
  const engine = new Background('dockerd', [...files, ...listen, ...network, ...containerd, ...flags], {
    env,
    log: at('log'),
  })
  undo.add(async () => {
    await engine.stop()
    // dockerd leaves it when a container was on the host's network; without one there is nothing to unmount.
    await environment.run('umount', [at('exec/netns/default')]).catch(() => undefined)
  })
  const docker: DockerEngine['docker'] = (args, options) => environment.run('docker', args, { env, ...options })
  await engine.waitUntil(() => docker(['version']))
  return { docker, socket }
}

/** What `docker image inspect` says of an image's identity: the same before a push and after a pull elsewhere. */
export async function identity(engine: DockerEngine, image: string): Promise<unknown> {
  const { stdout } = await engine.docker(['image', 'inspect', '--format', IDENTITY, image])
  return JSON.parse(stdout)
}

const IDENTITY = '{"id":{{json .Id}},"digests":{{json .RepoDigests}},"layers":{{json .RootFS.Layers}}}'

// Docker reads the CA of a registry from here and nowhere else.
async function trustByCertsD({ registry, certificates, undo }: ClientSide): Promise<void> {
  const directory = `/etc/docker/certs.d/${registry}`
  undo.leaveAsFound('/etc/docker', '/etc/docker/certs.d', directory)
  await mkdir(directory, { recursive: true })
  await copyFile(join(certificates, 'ca.crt'), join(directory, 'ca.crt'))
}
