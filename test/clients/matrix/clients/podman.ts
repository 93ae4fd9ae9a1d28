import { emptyStore } from '../../containers-storage.ts'
import { type Client, not, partly } from '../client.ts'
import { notInstalled, said } from '../programs.ts'
import { containersHands } from './containers-hands.ts'

export const podman: Client = {
  name: 'podman',
  missing: () => notInstalled('podman'),
  version: async ({ run }) => said(await run('podman', ['--version'])).replace(/.* /, ''),
  start: async (world) => {
    const podman = await emptyStore(world, 'podman')
    return {
      ...containersHands(world, 'podman', podman, ['image', 'inspect', '--format', '{{.Digest}}']),
      tags: async ({ registry, repository }) => {
        const name = `${registry}/${repository}`
        const told = await podman('search', '--list-tags', '--limit=10000', '--format=json', name)
        const [{ Tags: tags }]: [{ Tags: string[] }] = JSON.parse(told)
        return tags
      },
    }
  },
  resumption: 'not at all',
  limits: {
    index: partly('pulls one platform'),
    'artifact with a subject': not('moves images only'),
    '0-byte layer': not('cannot unpack it'),
    'config-only artifact': not('moves images only'),
    delete: not('has no command for it'),
  },
}
