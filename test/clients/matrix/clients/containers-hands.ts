import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeBuildContext } from '../../build-context.ts'
import { type ContainersTool, emptyStore } from '../../containers-storage.ts'
import { type Hands, imageName, type Target } from '../client.ts'
import type { World } from '../world.ts'

/** What podman and buildah do by the same commands. */
export type ContainersHands = Required<Pick<Hands, 'push' | 'pull' | 'copy'>>

/** `printDigest` is the command that prints the digest of an image in a store. */
export function containersHands(
  world: World,
  program: 'podman' | 'buildah',
  tool: ContainersTool,
  printDigest: readonly string[],
): ContainersHands {
  const trust = ['--cert-dir', world.certificates]
  const push = async (target: Target, ...options: string[]): Promise<string> => {
    const digestFile = join(await world.scratch(program), 'digest')
    await tool(...options, ...trust, '--digestfile', digestFile, imageName(target), `docker://${imageName(target)}`)
    return readFile(digestFile, 'utf8')
  }
  return {
    push: async (content, target) => {
      if (content.kind === 'index') {
        await tool('manifest', 'create', imageName(target))
        await tool('manifest', 'add', '--all', imageName(target), `oci:${content.layout}:${content.tag}`)
        return push(target, 'manifest', 'push', '--all')
      }
      const context = await writeBuildContext(world.directory, content.sizes)
      await tool('build', '--quiet', '--layers', '--isolation=chroot', '--tag', imageName(target), context)
      return push(target, 'push', '--quiet')
    },
    pull: async (target) => {
      const elsewhere = await emptyStore(world, program)
      await elsewhere('pull', '--quiet', ...trust, imageName(target))
      return elsewhere(...printDigest, imageName(target))
    },
    copy: async (from, to) => {
      await tool('tag', imageName(from), imageName(to))
      await push(to, 'push', '--quiet')
    },
  }
}
