import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Undo } from '../clients/undo.ts'
import { type Simulator, startSimulator } from '../simulator/simulator.ts'
import type { Result } from './junit.ts'
import { startPlainRegistry } from './plain-registry.ts'
import { PROXY_NAME, startProxy } from './proxy.ts'
import { Signpost } from './signpost.ts'
import { runSuite, type Target } from './suite.ts'

export const REGISTRIES = ['plain', 'simulator'] as const
export const WAYS = ['direct', 'proxied'] as const

export type Registry = (typeof REGISTRIES)[number]
export type Way = (typeof WAYS)[number]

/** The suite's own names for its repositories; ECR has those that somebody made. */
const REPOSITORIES = ['conformance/repo1', 'conformance/repo2']

/** Runs the suite once against a new, empty registry, directly or through the proxy; all files stay in `directory`. */
export async function conform(program: string, registry: Registry, way: Way, directory: string): Promise<Result[]> {
  const undo = new Undo()
  try {
    await mkdir(directory, { recursive: true })
    const simulator = await startSimulator({ behaviour: { mounting: true } })
    undo.add(() => simulator.close())
    for (const name of REPOSITORIES) simulator.store.createRepository(name)
    const upstream = registry === 'plain' ? await startPlainRegistry(simulator.registryHost, directory) : simulator
    if (upstream !== simulator) undo.add(() => upstream.close())
    const ports = new Map([
      [simulator.registryHost, upstream.registryPort],
      [new URL(simulator.layerOrigin).hostname, simulator.layerPort],
    ])
    if (way === 'proxied') {
      const proxy = await startProxy(simulator, upstream, directory)
      undo.add(() => proxy.close())
      ports.set(PROXY_NAME, proxy.port)
    }
    const signpost = await Signpost.start(ports)
    undo.add(() => signpost.close())
    const caFile = join(directory, 'ca.crt')
    await writeFile(caFile, simulator.ca)
    const target: Target = { registry: PROXY_NAME, caFile, signpost: signpost.url }
    return await runSuite(program, way === 'proxied' ? target : { ...target, ...direct(simulator) }, directory)
  } finally {
    await undo.close()
  }
}

/** The registry under its own name, and what `aws ecr get-login-password` gives for it. */
function direct({ registryHost, tokens }: Simulator): { registry: string; username: string; password: string } {
  const login = Buffer.from(tokens.issue(), 'base64').toString()
  const [username = '', password = ''] = login.split(':', 2)
  return { registry: registryHost, username, password }
}
