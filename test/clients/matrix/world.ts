import { copyFile, mkdir, mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { trustByCertsD } from '../docker-engine.ts'
import { type Environment, startEnvironment } from '../environment.ts'
import { startProxy } from '../proxy.ts'
import type { Undo } from '../undo.ts'
import { ADDRESS_OF_NAME, type Lane, TLS_FLAGS } from './lanes.ts'

/** What the matrix runs in: ECR with mounting on, and two proxies, one for each TLS, on both address families. */
export interface World extends Environment {
  readonly lanes: readonly Lane[]
  /** PEM file with the one CA of all listeners. */
  readonly caFile: string
  /** A new directory, gone with the world. */
  scratch(prefix: string): Promise<string>
}

export async function startWorld(): Promise<World> {
  const environment = await startEnvironment({ mounting: true, names: ADDRESS_OF_NAME })
  try {
    return await build(environment)
  } catch (err) {
    await environment.close()
    throw err
  }
}

async function build(environment: Environment): Promise<World> {
  const { certificates, directory, proxies, simulator, undo } = environment
  const lanes: Lane[] = []
  for (const tls of ['1.2', '1.3'] as const) {
    const own = await mkdtemp(join(directory, 'proxy-'))
    const names = ['registry4.example.test', 'registry6.example.test'] as const
    const { port, proxy } = await startProxy({
      simulator,
      directory: own,
      undo,
      names,
      address: '::',
      flags: TLS_FLAGS[tls],
    })
    proxies.push(proxy)
    lanes.push({ tls, ip: 4, registry: `${names[0]}:${port}` }, { tls, ip: 6, registry: `${names[1]}:${port}` })
  }
  const caFile = join(certificates, 'ca.crt')
  for (const { registry } of lanes) {
    await trustByCertsD({ registry, certificates, undo })
    await trustByContainersCertsD(registry, caFile, undo)
  }
  return { ...environment, lanes, caFile, scratch: (prefix) => mkdtemp(join(directory, `${prefix}-`)) }
}

/** `podman search` has no flag for it. */
async function trustByContainersCertsD(registry: string, caFile: string, undo: Undo): Promise<void> {
  const directory = join('/etc/containers/certs.d', registry)
  undo.leaveAsFound('/etc/containers', '/etc/containers/certs.d', directory)
  await mkdir(directory, { recursive: true })
  await copyFile(caFile, join(directory, 'ca.crt'))
}
