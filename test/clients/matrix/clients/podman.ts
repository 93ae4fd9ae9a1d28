import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeBuildContext } from '../../build-context.ts'
import { type ContainersTool, emptyStore } from '../../containers-storage.ts'
import { type Client, type Hands, imageName, not, partly, type Target } from '../client.ts'
import { notInstalled, said } from '../programs.ts'
import type { World } from '../world.ts'

export const podman: Client = {
  name: 'podman',
  missing: () => notInstalled('podman'),
  version: async ({ run }) => said(await run('podman', ['--version'])).replace(/.* /, ''),
  start: async (world) => hands(world, await emptyStore(world, 'podman')),
  resumption: 'not at all',
  limits: {
    index: partly('pulls one platform'),
    'artifact with a subject': not('moves images only'),
    '0-byte layer': not('cannot unpack it'),
    'config-only artifact': not('moves images only'),
    delete: not('has no command for it'),
  },
}

function hands(world: World, podman: ContainersTool): Hands {
  const trust = ['--cert-dir', world.certificates]
  const push = async (target: Target, ...options: string[]): Promise<string> => {
    const digestFile = join(await world.scratch('podman'), 'digest')
    await podman(...options, ...trust, '--digestfile', digestFile, imageName(target), `docker://${imageName(target)}`)
    return readFile(digestFile, 'utf8')
  }
  return {
    push: async (content, target) => {
      if (content.kind === 'index') {
        await podman('manifest', 'create', imageName(target))
        await podman('manifest', 'add', '--all', imageName(target), `oci:${content.layout}:${content.tag}`)
        return push(target, 'manifest', 'push', '--all')
      }
      const context = await writeBuildContext(world.directory, content.sizes)
      await podman('build', '--quiet', '--layers', '--isolation=chroot', '--tag', imageName(target), context)
      return push(target, 'push', '--quiet')
    },
    pull: async (target) => {
      const elsewhere = await emptyStore(world, 'podman')
      await elsewhere('pull', '--quiet', ...trust, imageName(target))
      return elsewhere('image', 'inspect', '--format', '{{.Digest}}', imageName(target))
    },
    copy: async (from, to) => {
      await podman('tag', imageName(from), imageName(to))
      await push(to, 'push', '--quiet')
    },
    tags: async (target) => {
      const name = `${target.registry}/${target.repository}`
      const told = await podman('search', '--list-tags', '--limit=10000', '--format=json', name)
      const [{ Tags: tags }]: [{ Tags: string[] }] = JSON.parse(told)
      return tags
    },
  }
}
