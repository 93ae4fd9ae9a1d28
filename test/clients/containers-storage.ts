import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import type { Environment } from './environment.ts'

/** Runs podman or buildah on one store; returns what it prints. */
export type ContainersTool = (...args: string[]) => Promise<string>

/** A store of the test's own, empty, for a program that keeps its images in containers/storage. */
export async function emptyStore(environment: Environment, program: 'podman' | 'buildah'): Promise<ContainersTool> {
  const directory = await mkdtemp(join(environment.directory, `${program}-`))
  // vfs works on every file system and without mounts, so that nothing is left mounted.
  const store = ['--root', join(directory, 'root'), '--runroot', join(directory, 'run'), '--storage-driver', 'vfs']
  return async (...args) => {
    const { stdout } = await environment.run(program, [...store, ...args], { timeoutMs: TRANSFER_MS })
    return stdout.trim()
  }
}

// A layer of 2 GiB, which vfs copies.
const TRANSFER_MS = 20 * 60_000
