import { join } from 'node:path'
import { type ContainerdPrograms, type Ctr, hostsDirectory, pushImage, startContainerd } from '../../containerd.ts'
import { type Client, type Hands, imageName, not, partly, type Target } from '../client.ts'
import type { Content } from '../content.ts'
import { notBuilt, notInstalled, pathOf, said, versionOf } from '../programs.ts'
import type { World } from '../world.ts'

const RESUMES = { resumption: 'by Range' } as const

const PACKAGED = {
  ...RESUMES,
  missing: () => notInstalled('containerd', 'ctr', 'tar'),
  version: async ({ run }: World) =>
    said(await run('containerd', ['--version']))
      .split(' ')[2]
      ?.replace('~ds1', '') ?? '',
} as const

const LIMITS = {
  'artifact with a subject': partly('moves it; has no command that lists referrers'),
  '0-byte layer': not('refuses a descriptor of size 0'),
  delete: not('has no command for it'),
  '2,600 tags': not('has no command for it'),
} as const

interface Programs extends ContainerdPrograms {
  /** How its ctr pulls into a snapshotter that is not the default. */
  readonly pull: readonly string[]
}

const OLD: Programs = { containerd: 'containerd', ctr: 'ctr', pull: ['--snapshotter=native'] }
// Without --local the daemon unpacks, and knows of one snapshotter only.
const NEW: Programs = { containerd: pathOf('containerd2'), ctr: pathOf('ctr2'), pull: ['--local', ...OLD.pull] }

export const ctr: Client = {
  ...PACKAGED,
  name: 'containerd, ctr',
  start: async (world) => hands(world, OLD),
  limits: LIMITS,
}

export const ctr2: Client = {
  ...RESUMES,
  name: 'containerd 2, ctr',
  missing: () => notBuilt('containerd2') ?? notBuilt('ctr2') ?? notInstalled('tar'),
  version: async () => versionOf('containerd2'),
  start: async (world) => hands(world, NEW),
  limits: LIMITS,
}

/** Images of a registry that is not there, by the proxy as its mirror: each request says so in ?ns=. */
export const ctrMirror: Client = {
  ...PACKAGED,
  name: 'containerd, hosts.toml mirror',
  start: async (world) => {
    const mirrored = Object.fromEntries(world.lanes.map(({ registry }, at) => [registry, `mirrored${at}.example.test`]))
    const { pull } = await hands(world, OLD, mirrored)
    return { pull }
  },
  limits: { ...LIMITS, mount: not('a mirror only pulls'), delete: not('a mirror only pulls') },
}

async function hands(
  world: World,
  programs: Programs,
  mirrored: Readonly<Record<string, string>> = {},
): Promise<Required<Pick<Hands, 'push' | 'pull' | 'copy'>>> {
  const pusher = (await startContainerd(world, programs)).ctr
  const puller = (await startContainerd(world, programs)).ctr
  const hosts = new Map<string, string>()
  for (const { registry } of world.lanes) {
    const mirror = mirrored[registry]
    hosts.set(registry, await hostsDirectory({ ...world, registry }, mirror === undefined ? [] : [mirror]))
  }
  const trust = ({ registry }: Target): string => `--hosts-dir=${hosts.get(registry)}`
  const push = (target: Target): Promise<void> => pushImage(pusher, trust(target), imageName(target))
  return {
    push: async (content, target) => {
      await imported(world, pusher, content, target)
      await push(target)
      return content.root.digest
    },
    pull: async (target, kind) => {
      const image = imageName({ ...target, registry: mirrored[target.registry] ?? target.registry })
      // Only an image can be unpacked.
      if (kind === 'image') await puller('images', 'pull', ...programs.pull, trust(target), image)
      else await puller('content', 'fetch', '--all-platforms', trust(target), image)
      return (await puller('images', 'list', `name==${image}`)).split('\n')[1]?.split(/\s+/)[2] ?? ''
    },
    copy: async (from, to) => {
      await pusher('images', 'pull', ...programs.pull, trust(from), imageName(from))
      await pusher('images', 'tag', imageName(from), imageName(to))
      await push(to)
    },
  }
}

async function imported(world: World, into: Ctr, { layout }: Content, { registry, repository }: Target): Promise<void> {
  const archive = join(await world.scratch('archive'), 'layout.tar')
  await world.run('tar', ['--create', '--file', archive, '--directory', layout, '.'])
  const name = `${registry}/${repository}`
  await into('images', 'import', '--all-platforms', '--no-unpack', '--base-name', name, archive)
}
