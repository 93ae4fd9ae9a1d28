import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Simulator, startSimulator } from '../simulator/simulator.ts'
import type { Background } from './background.ts'
import { addHosts, removeHosts } from './hosts.ts'
import { type Outcome, ProgramFailedError, type RunOptions, runProgram } from './program.ts'
import { PROXY_ADDRESS, PROXY_NAME, startProxy } from './proxy.ts'
import { Undo } from './undo.ts'

export interface EnvironmentOptions {
  tokenLifetimeMs?: number
  /** Of this machine, where ECR and its layer host listen. */
  upstreamAddress?: string
}

/** What a client needs. */
export interface ClientSide {
  /** host:port of the proxy, as in an image's name. */
  readonly registry: string
  /** Gone after close(); so is all that a client keeps in it. */
  readonly directory: string
  /** Holds the CA as ca.crt: what docker calls certs.d/HOST:PORT, and podman and skopeo --cert-dir. */
  readonly certificates: string
  /** No credentials of any kind: an empty HOME and an empty runtime directory. */
  readonly clientEnv: NodeJS.ProcessEnv
  /** What is started on top of this environment, or changed for it, says here how it is put back. */
  readonly undo: Undo
  /** Runs a client program; its failure also tells the proxy's last log lines. */
  readonly run: (program: string, args: readonly string[], options?: Partial<RunOptions>) => Promise<Outcome>
}

/** ECR, its layer host, the proxy's own process in front of them, and what a client needs to trust both. */
export interface Environment extends ClientSide {
  readonly simulator: Simulator
  readonly proxy: Background
  close(): Promise<void>
}

export async function startEnvironment(options: EnvironmentOptions = {}): Promise<Environment> {
  const undo = new Undo()
  try {
    return await build(undo, options)
  } catch (err) {
    await undo.close()
    throw err
  }
}

async function build(
  undo: Undo,
  { upstreamAddress = UPSTREAM_ADDRESS, ...options }: EnvironmentOptions,
): Promise<Environment> {
  const directory = await mkdtemp(join(tmpdir(), 'clients-'))
  undo.add(() => rm(directory, { recursive: true, force: true }))
  const simulator = await startSimulator({
    listenHost: upstreamAddress,
    registryPort: 443,
    directory: await made(join(directory, 'ecr')),
    ...options,
  })
  undo.add(() => simulator.close())
  undo.add(removeHosts)
  await addHosts({
    [simulator.registryHost]: upstreamAddress,
    [new URL(simulator.layerOrigin).hostname]: upstreamAddress,
    [PROXY_NAME]: PROXY_ADDRESS,
  })
  // containers/image notes there which blobs it has seen, and libpod its state, whatever store they are told to use.
  undo.leaveAsFound('/var/lib/containers', '/var/lib/containers/cache', '/run/libpod', '/run/containers')
  const certificates = await made(join(directory, 'certificates'))
  await writeFile(join(certificates, 'ca.crt'), simulator.ca)
  const { proxy, registry } = await startProxy({ simulator, directory, undo })
  const clientEnv = {
    PATH: process.env.PATH,
    HOME: await made(join(directory, 'home')),
    XDG_RUNTIME_DIR: await made(join(directory, 'runtime')),
    TMPDIR: await made(join(directory, 'tmp')),
  }
  return {
    registry,
    directory,
    certificates,
    simulator,
    proxy,
    clientEnv,
    undo,
    run: async (program, args, runOptions) => {
      try {
        return await runProgram(program, args, { env: clientEnv, ...runOptions })
      } catch (err) {
        if (err instanceof ProgramFailedError) err.message += `\nthe proxy's log ends:\n${await proxy.lastWords()}`
        throw err
      }
    },
    close: () => undo.close(),
  }
}

async function made(directory: string): Promise<string> {
  await mkdir(directory, { mode: 0o700 })
  return directory
}

// An address of its own, because the proxy looks for ECR on port 443 and nowhere else.
const UPSTREAM_ADDRESS = '127.0.0.2'
