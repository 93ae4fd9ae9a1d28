import assert from 'node:assert/strict'
import { writeBuildContext } from '../../build-context.ts'
import { DOCKER_PROGRAMS, type DockerEngine, startDockerEngine } from '../../docker-engine.ts'
import { type Client, type Hands, imageName, not, partly, type Target } from '../client.ts'
import { notInstalled, said, TRANSFER_MS } from '../programs.ts'
import type { World } from '../world.ts'

export const docker: Client = {
  name: 'docker, classic store',
  missing: () => notInstalled(...DOCKER_PROGRAMS),
  version: async ({ run }) => said(await run('dockerd', ['--version'])).replace(/^Docker version ([^,]+),.*/, '$1'),
  start: async (world) => hands(world, await startDockerEngine(world), await startDockerEngine(world)),
  resumption: 'by Range',
  pullsOnly: ['index'],
  limits: {
    index: partly('pulls one platform; `docker manifest push` speaks plain HTTP to a registry on loopback'),
    'artifact with a subject': not('moves images only'),
    '0-byte layer': not('cannot unpack it'),
    'config-only artifact': not('moves images only'),
    delete: not('has no command for it'),
    '2,600 tags': not('has no command for it'),
  },
}

function hands(world: World, pusher: DockerEngine, puller: DockerEngine): Hands {
  const push = async (target: Target): Promise<string> =>
    digestIn(said(await pusher.docker(['push', imageName(target)], LONG)))
  return {
    push: async ({ sizes }, target) => {
      await build(world, pusher, sizes, imageName(target))
      return push(target)
    },
    pull: async (target) => {
      const name = imageName(target)
      await puller.docker(['pull', '--quiet', name], LONG)
      const { stdout } = await puller.docker(['image', 'inspect', '--format', '{{index .RepoDigests 0}}', name])
      await puller.docker(['image', 'rm', name])
      return digestIn(stdout)
    },
    copy: async (from, to) => {
      await pusher.docker(['tag', imageName(from), imageName(to)])
      await push(to)
    },
  }
}

async function build(world: World, engine: DockerEngine, sizes: readonly number[], image: string): Promise<void> {
  await engine.docker(['build', '--quiet', '--tag', image, await writeBuildContext(world.directory, sizes)], LONG)
}

function digestIn(text: string): string {
  const digest = /sha256:[0-9a-f]{64}/.exec(text)?.[0]
  assert.ok(digest !== undefined, `no digest in: ${text}`)
  return digest
}

const LONG = { timeoutMs: TRANSFER_MS }
