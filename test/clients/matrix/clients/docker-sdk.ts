import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { DOCKER_PROGRAMS, type DockerEngine, startDockerEngine } from '../../docker-engine.ts'
import { randomTar } from '../../random-tar.ts'
import { type Client, imageName, not, partly } from '../client.ts'
import { PROGRAMS_DIRECTORY } from '../go-programs.ts'
import { notInstalled, said, TRANSFER_MS } from '../programs.ts'
import type { World } from '../world.ts'

const PACKAGES = fileURLToPath(new URL('python', PROGRAMS_DIRECTORY))

export const dockerSdk: Client = {
  name: "docker's Python SDK",
  missing: () =>
    notInstalled('python3', ...DOCKER_PROGRAMS) ??
    (existsSync(PACKAGES) ? undefined : 'not installed: make clientPrograms'),
  version: async (world) => python(world, { socket: '' }, 'import docker; print(docker.__version__)'),
  start: async (world) => {
    const [pusher, puller] = [await startDockerEngine(world), await startDockerEngine(world)]
    return {
      push: async (content, target) => {
        const size = content.sizes[0] ?? 0
        await pusher.docker(['import', '-', imageName(target)], { input: randomTar('file', size) })
        return python(world, pusher, PUSH, `${target.registry}/${target.repository}`, target.tag)
      },
      pull: async (target) => python(world, puller, PULL, `${target.registry}/${target.repository}`, target.tag),
      copy: async (from, to) => {
        await pusher.docker(['tag', imageName(from), imageName(to)])
        await python(world, pusher, PUSH, `${to.registry}/${to.repository}`, to.tag)
      },
    }
  },
  resumption: 'by Range',
  pullsOnly: ['index'],
  limits: {
    index: partly('pulls one platform; has no call that makes an index'),
    'artifact with a subject': not('moves images only'),
    '0-byte layer': not('cannot unpack it'),
    'config-only artifact': not('moves images only'),
    delete: not('has no call for it'),
    '2,600 tags': not('has no call for it'),
  },
}

// A failed push is an entry of its answer, and no exception.
const PUSH = `
import docker, sys
name, tag = sys.argv[1:]
said = list(docker.from_env(timeout=1200).images.push(name, tag, stream=True, decode=True))
failed = [each['error'] for each in said if 'error' in each]
if failed: sys.exit(failed[0])
print([each['aux']['Digest'] for each in said if 'aux' in each][0])
`

const PULL = `
import docker, sys
name, tag = sys.argv[1:]
client = docker.from_env(timeout=1200)
image = client.images.pull(name, tag)
print(image.attrs['RepoDigests'][0].split('@')[1])
client.images.remove(name + ':' + tag)
`

/** Runs a script on an engine; the arguments are its own. */
async function python(
  world: World,
  { socket }: Pick<DockerEngine, 'socket'>,
  script: string,
  ...args: string[]
): Promise<string> {
  const env = { ...world.clientEnv, DOCKER_HOST: socket, PYTHONPATH: PACKAGES }
  return said(await world.run('python3', ['-c', script, ...args], { env, timeoutMs: TRANSFER_MS }))
}
