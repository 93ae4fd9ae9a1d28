import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Background } from '../../background.ts'
import { writeBuildContext } from '../../build-context.ts'
import { type Client, type Hands, imageName, not, type Target } from '../client.ts'
import { notBuilt, notInstalled, pathOf, TRANSFER_MS, versionOf } from '../programs.ts'
import type { World } from '../world.ts'

export const buildkit: Client = {
  name: 'BuildKit',
  missing: () => notBuilt('buildctl') ?? notBuilt('buildkitd') ?? notInstalled('runc'),
  version: async () => versionOf('buildkitd'),
  start: async (world) => hands(world, await startBuildkit(world), await startBuildkit(world)),
  resumption: 'by Range',
  limits: {
    'artifact with a subject': not('its attestations are part of an index'),
    '0-byte layer': not('makes layers of its own'),
    'config-only artifact': not('makes images only'),
    delete: not('has no command for it'),
    '2,600 tags': not('has no command for it'),
  },
}

/** Runs a build on one daemon; returns all that it prints. */
type Build = (context: string, output: string, ...options: string[]) => Promise<string>

function hands(world: World, pusher: Build, puller: Build): Hands {
  const pushed = (target: Target): string => `type=image,name=${imageName(target)},push=true,compression-level=0`
  const platforms = '--opt=platform=linux/amd64,linux/arm64,linux/s390x'
  return {
    push: async ({ kind, sizes }, target) => {
      const context = await writeBuildContext(world.directory, sizes)
      return digestIn(
        await pusher(context, pushed(target), ...(kind === 'index' ? [platforms] : [])),
        'pushing manifest for',
      )
    },
    pull: async (target, kind) => {
      const files = `type=local,dest=${await world.scratch('pulled')}`
      const context = await contextFrom(world, target)
      return digestIn(await puller(context, files, ...(kind === 'index' ? [platforms] : [])), 'FROM')
    },
    copy: async (from, to) => {
      await pusher(await contextFrom(world, from), pushed(to))
    },
  }
}

/** A build that changes nothing of what it is based on. */
async function contextFrom(world: World, target: Target): Promise<string> {
  const directory = await world.scratch('context')
  await writeFile(join(directory, 'Dockerfile'), `FROM ${imageName(target)}\n`)
  return directory
}

async function startBuildkit(world: World): Promise<Build> {
  const directory = await world.scratch('buildkit')
  const at = (name: string): string => join(directory, name)
  const trust = world.lanes.map(
    ({ registry }) => `[registry.${JSON.stringify(registry)}]\n  ca = [${JSON.stringify(world.caFile)}]`,
  )
  await writeFile(at('config.toml'), trust.join('\n'))
  const addr = `unix://${at('socket')}`
  // No step of a build is ever run: nothing needs mounts of an overlay or a sandbox.
  const worker = ['--oci-worker-snapshotter=native', '--containerd-worker=false']
  const args = ['--config', at('config.toml'), '--root', at('root'), '--addr', addr, ...worker]
  const env = { ...world.clientEnv, SSL_CERT_FILE: world.caFile }
  const daemon = new Background(pathOf('buildkitd'), args, { env, log: at('log') })
  world.undo.add(() => daemon.stop())
  const buildctl = (...more: string[]) =>
    world.run(pathOf('buildctl'), ['--addr', addr, ...more], { env, timeoutMs: TRANSFER_MS })
  await daemon.waitUntil(() => buildctl('debug', 'workers'))
  return async (context, output, ...options) => {
    const local = [`--local=context=${context}`, `--local=dockerfile=${context}`]
    const build = ['build', '--frontend=dockerfile.v0', ...local, `--output=${output}`, '--progress=plain', ...options]
    const { stdout, stderr } = await buildctl(...build)
    return `${stdout}${stderr}`
  }
}

function digestIn(log: string, before: string): string {
  const digest = new RegExp(`${before} \\S+@(sha256:[0-9a-f]{64})`).exec(log)?.[1]
  assert.ok(digest !== undefined, log)
  return digest
}
