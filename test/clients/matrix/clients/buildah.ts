import { emptyStore } from '../../containers-storage.ts'
import { type Client, not, partly } from '../client.ts'
import { notInstalled, said } from '../programs.ts'
import { containersHands } from './containers-hands.ts'

export const buildah: Client = {
  name: 'buildah',
  missing: () => notInstalled('buildah'),
  version: async ({ run }) => said(await run('buildah', ['--version'])).replace(/^buildah version (\S+).*/, '$1'),
  start: async (world) => {
    const buildah = await emptyStore(world, 'buildah')
    return containersHands(world, 'buildah', buildah, ['images', '--digests', '--format', '{{.Digest}}'])
  },
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
