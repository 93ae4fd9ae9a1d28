import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeBuildContext } from '../../build-context.ts'
import { type ContainersTool, emptyStore } from '../../containers-storage.ts'
import { type Client, type Hands, imageName, not, partly, type Target } from '../client.ts'
import { notInstalled, said } from '../programs.ts'
import type { World } from '../world.ts'

export const buildah: Client = {
  name: 'buildah',
  missing: () => notInstalled('buildah'),
  version: async ({ run }) => said(await run('buildah', ['--version'])).replace(/^buildah version (\S+).*/, '$1'),
  start: async (world) => hands(world, await emptyStore(world, 'buildah')),
  resumption: 'not at all',
  limits: {
    index: partly('pulls one platform'),
    'artifact with a subject': not('moves images only'),
    '0-byte layer': not('cannot unpack it'),
    'config-only artifact': not('moves images only'),
    delete: not('has no command for it'),
    '2,600 tags': not('has no command for it'),
  },
}

function hands(world: World, buildah: ContainersTool): Hands {
  const trust = ['--cert-dir', world.certificates]
  const push = async (target: Target, ...options: string[]): Promise<string> => {
    const digestFile = join(await world.scratch('buildah'), 'digest')
    await buildah(...options, ...trust, '--digestfile', digestFile, imageName(target), `docker://${imageName(target)}`)
    return readFile(digestFile, 'utf8')
  }
  return {
    push: async (content, target) => {
      if (content.kind === 'index') {
        await buildah('manifest', 'create', imageName(target))
        await buildah('manifest', 'add', '--all', imageName(target), `oci:${content.layout}:${content.tag}`)
        return push(target, 'manifest', 'push', '--all')
      }
      const context = await writeBuildContext(world.directory, content.sizes)
      await buildah('build', '--quiet', '--layers', '--isolation=chroot', '--tag', imageName(target), context)
      return push(target, 'push', '--quiet')
    },
    pull: async (target) => {
      const elsewhere = await emptyStore(world, 'buildah')
      await elsewhere('pull', '--quiet', ...trust, imageName(target))
      return elsewhere('images', '--digests', '--format', '{{.Digest}}', imageName(target))
    },
    copy: async (from, to) => {
      await buildah('tag', imageName(from), imageName(to))
      await push(to, 'push', '--quiet')
    },
  }
}
