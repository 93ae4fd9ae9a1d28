import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Background } from './background.ts'
import type { ClientSide } from './environment.ts'
import { ProgramFailedError } from './program.ts'

/** Runs ctr on one containerd; returns what it prints. */
export type Ctr = (...args: string[]) => Promise<string>

export interface Containerd {
  readonly ctr: Ctr
  readonly socket: string
}

/** The files of its two programs. */
export interface ContainerdPrograms {
  readonly containerd: string
  readonly ctr: string
}

const PACKAGED = { containerd: 'containerd', ctr: 'ctr' } as const

/** A containerd of the test's own, with an empty store. */
export async function startContainerd(
  environment: ClientSide,
  programs: ContainerdPrograms = PACKAGED,
): Promise<Containerd> {
  const directory = await mkdtemp(join(environment.directory, 'containerd-'))
  const at = (name: string): string => join(directory, name)
  // CRI wants a network and cgroups that an image store has no use for.
  const config = `version = 2
root = ${JSON.stringify(at('root'))}
state = ${JSON.stringify(at('state'))}
disabled_plugins = ["io.containerd.grpc.v1.cri"]
[grpc]
  address = ${JSON.stringify(at('socket'))}
`
  await writeFile(at('config.toml'), config)
  const env = environment.clientEnv
  const containerd = new Background(programs.containerd, ['--config', at('config.toml')], { env, log: at('log') })
  environment.undo.add(() => containerd.stop())
  const ctr: Ctr = async (...args) => {
    const { stdout } = await environment.run(programs.ctr, ['--address', at('socket'), ...args], {
      timeoutMs: TRANSFER_MS,
    })
    return stdout.trim()
  }
  await containerd.waitUntil(() => ctr('version'))
  return { ctr, socket: at('socket') }
}

/** Pushes once more where reading from containerd's own store, not a connection to the registry, broke off (containerd#5734). */
export async function pushImage(ctr: Ctr, ...args: string[]): Promise<void> {
  const push = (): Promise<string> => ctr('images', 'push', ...args)
  await push().catch((error: unknown) => {
    if (error instanceof ProgramFailedError && /failed to copy: rpc error: .*unexpected EOF/.test(error.output))
      return push()
    throw error
  })
}

/** A --hosts-dir that names the CA, and lets the proxy stand in for the registries of `mirrored`. */
export async function hostsDirectory(environment: ClientSide, mirrored: readonly string[] = []): Promise<string> {
  const { certificates, registry } = environment
  const directory = await mkdtemp(join(environment.directory, 'hosts-'))
  for (const name of [registry, ...mirrored]) {
    await mkdir(join(directory, name))
    const host = [`[host."https://${registry}"]`, `ca = ${JSON.stringify(join(certificates, 'ca.crt'))}`, '']
    await writeFile(join(directory, name, 'hosts.toml'), host.join('\n'))
  }
  return directory
}

// A layer of 2 GiB.
const TRANSFER_MS = 20 * 60_000
