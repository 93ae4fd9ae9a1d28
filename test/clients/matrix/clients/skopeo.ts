import { type Client, imageName, partly } from '../client.ts'
import { layoutDigest } from '../layout-digest.ts'
import { notInstalled, said, TRANSFER_MS } from '../programs.ts'

export const skopeo: Client = {
  name: 'skopeo',
  missing: () => notInstalled('skopeo'),
  version: async ({ run }) => said(await run('skopeo', ['--version'])).replace(/.* /, ''),
  start: async (world) => {
    const run = async (...args: string[]): Promise<string> =>
      said(await world.run('skopeo', args, { timeoutMs: TRANSFER_MS }))
    const trust = world.certificates
    return {
      push: async (content, target) => {
        const from = `oci:${content.layout}:${content.tag}`
        await run(
          'copy',
          '--all',
          '--preserve-digests',
          `--dest-cert-dir=${trust}`,
          from,
          `docker://${imageName(target)}`,
        )
        return content.root.digest
      },
      pull: async (target) => {
        const directory = await world.scratch('skopeo')
        const to = `oci:${directory}:copy`
        await run('copy', '--all', '--preserve-digests', `--src-cert-dir=${trust}`, `docker://${imageName(target)}`, to)
        return layoutDigest(directory)
      },
      copy: async (from, to) => {
        const certificates = [`--src-cert-dir=${trust}`, `--dest-cert-dir=${trust}`]
        await run('copy', ...certificates, `docker://${imageName(from)}`, `docker://${imageName(to)}`)
      },
      remove: async (target) => {
        await run('delete', `--cert-dir=${trust}`, `docker://${imageName(target)}`)
      },
      tags: async ({ registry, repository }) => {
        const told: { Tags: string[] } = JSON.parse(
          await run('list-tags', `--cert-dir=${trust}`, `docker://${registry}/${repository}`),
        )
        return told.Tags
      },
    }
  },
  resumption: 'not at all',
  limits: { 'artifact with a subject': partly('moves it; has no command that lists referrers') },
}
