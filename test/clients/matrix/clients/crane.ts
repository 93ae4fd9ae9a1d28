import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type Client, type Hands, imageName, partly } from '../client.ts'
import { layoutDigest } from '../layout-digest.ts'
import { goProgram, notBuilt, pathOf, type Program, versionOf } from '../programs.ts'
import type { World } from '../world.ts'

const COMMON = {
  version: async () => versionOf('crane'),
  resumption: 'not at all',
  limits: { 'artifact with a subject': partly('moves it; has no command that lists referrers') },
} as const

export const crane: Client = {
  ...COMMON,
  name: 'crane',
  missing: () => notBuilt('crane'),
  start: async (world) => hands(world, await goProgram(world, 'crane')),
}

/** Its docker configuration asks Amazon's helper for the credentials of every registry, and it has none for ours. */
export const craneWithHelper: Client = {
  ...COMMON,
  name: 'crane, amazon-ecr-credential-helper configured',
  missing: () => notBuilt('crane') ?? notBuilt(HELPER),
  version: async () => `${versionOf('crane')}, ${versionOf(HELPER)}`,
  start: async (world) => {
    const home = await world.scratch('home')
    await writeFile(join(home, 'config.json'), JSON.stringify({ credsStore: 'ecr-login' }))
    const path = `${dirname(pathOf(HELPER))}:${world.clientEnv.PATH}`
    const all = hands(world, await goProgram(world, 'crane', { DOCKER_CONFIG: home, HOME: home, PATH: path }))
    return {
      ...all,
      pull: async (target, kind) => {
        const digest = await all.pull(target, kind)
        assert.ok((await readFile(join(home, '.ecr/log/ecr-login.log'), 'utf8')).includes(target.registry), 'not asked')
        return digest
      },
    }
  },
}

const HELPER = 'docker-credential-ecr-login'

function hands(world: World, run: Program): Hands {
  return {
    push: async (content, target) => {
      await run('push', content.layout, imageName(target))
      return content.root.digest
    },
    pull: async (target) => {
      const directory = await world.scratch('crane')
      await run('pull', '--format=oci', imageName(target), directory)
      return layoutDigest(directory)
    },
    copy: async (from, to) => {
      await run('copy', imageName(from), imageName(to))
    },
    remove: async ({ registry, repository, tag }) => {
      const name = `${registry}/${repository}`
      await run('delete', `${name}@${await run('digest', `${name}:${tag}`)}`)
    },
    tags: async ({ registry, repository }) => (await run('ls', `${registry}/${repository}`)).split('\n'),
  }
}
