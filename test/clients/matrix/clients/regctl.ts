import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Client, imageName } from '../client.ts'
import { goProgram, notBuilt, versionOf } from '../programs.ts'

export const regctl: Client = {
  name: 'regctl',
  missing: () => notBuilt('regctl'),
  version: async () => versionOf('regctl'),
  start: async (world) => {
    const run = await goProgram(world, 'regctl')
    return {
      push: async (content, target) => {
        await run('image', 'copy', `ocidir://${content.layout}:${content.tag}`, imageName(target))
        return content.root.digest
      },
      pull: async (target) => {
        const copy = `ocidir://${await world.scratch('regctl')}:copy`
        await run('image', 'copy', imageName(target), copy)
        return run('image', 'digest', copy)
      },
      attach: async (_content, subject) => {
        const file = join(await world.scratch('regctl'), 'signature')
        await writeFile(file, `of ${imageName(subject)}`)
        const type = 'application/vnd.dev.cosign.artifact.sig.v1+json'
        await run('artifact', 'put', '--artifact-type', type, '--file', file, '--subject', imageName(subject))
      },
      referrers: async (subject) => {
        const format = '{{range .Descriptors}}{{println .Digest}}{{end}}'
        return (await run('artifact', 'list', '--format', format, imageName(subject))).split('\n')
      },
      copy: async (from, to) => {
        await run('image', 'copy', imageName(from), imageName(to))
      },
      remove: async (target) => {
        await run('manifest', 'delete', '--force-tag-dereference', imageName(target))
      },
      tags: async ({ registry, repository }) => (await run('tag', 'ls', `${registry}/${repository}`)).split('\n'),
    }
  },
  resumption: 'by Range',
  limits: {},
}
