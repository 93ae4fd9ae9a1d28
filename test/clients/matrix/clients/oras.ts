import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Client, imageName } from '../client.ts'
import { layoutDigest } from '../layout-digest.ts'
import { goProgram, notBuilt, versionOf } from '../programs.ts'

export const oras: Client = {
  name: 'oras',
  missing: () => notBuilt('oras'),
  version: async () => versionOf('oras'),
  start: async (world) => {
    const run = await goProgram(world, 'oras')
    return {
      push: async (content, target) => {
        await run('cp', '--from-oci-layout', `${content.layout}:${content.tag}`, imageName(target))
        return content.root.digest
      },
      pull: async (target) => {
        const directory = await world.scratch('oras')
        await run('cp', imageName(target), '--to-oci-layout', `${directory}:copy`)
        return layoutDigest(directory)
      },
      attach: async (_content, subject) => {
        const file = join(await world.scratch('oras'), 'signature')
        await writeFile(file, `of ${imageName(subject)}`)
        const type = 'application/vnd.dev.cosign.artifact.sig.v1+json'
        await run('attach', '--disable-path-validation', '--artifact-type', type, imageName(subject), file)
      },
      referrers: async (subject) => {
        const told: { referrers: { digest: string }[] } = JSON.parse(
          await run('discover', '--format=json', imageName(subject)),
        )
        return told.referrers.map(({ digest }) => digest)
      },
      copy: async (from, to) => {
        await run('cp', imageName(from), imageName(to))
      },
      remove: async (target) => {
        await run('manifest', 'delete', '--force', imageName(target))
      },
      tags: async ({ registry, repository }) => (await run('repo', 'tags', `${registry}/${repository}`)).split('\n'),
    }
  },
  resumption: 'not at all',
  limits: {},
}
