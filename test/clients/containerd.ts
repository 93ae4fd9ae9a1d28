import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Background } from './background.ts'
import type { ClientSide } from './environment.ts'

/** Runs ctr on one containerd; returns what it prints. */
export type Ctr = (...args: string[]) => Promise<string>

export interface Containerd {
  readonly ctr: Ctr
  readonly socket: string
}

/** A containerd of the test's own, with an empty store. */
export async function startContainerd(environment: ClientSide): Promise<Containerd> {
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
  const containerd = new Background('containerd', ['--config', at('config.toml')], { env, log: at('log') })
  environment.undo.add(() => containerd.stop())
  const ctr: Ctr = async (...args) => {
    const { stdout } = await environment.run('ctr', ['--address', at('socket'), ...args])
    return stdout.trim()
  }
  await containerd.waitUntil(() => ctr('version'))
  return { ctr, socket: at('socket') }
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
