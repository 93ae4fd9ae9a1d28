import assert from 'node:assert/strict'
import { chmod, chown, cp, mkdir, mkdtemp, realpath, symlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { DockerEngine } from '../clients/docker-engine.ts'
import type { ClientSide } from '../clients/environment.ts'

export interface BaseImages {
  /** As the official slim images: node in /usr/local/bin, npm, a shell. */
  readonly slim: string
  /** As distroless: node in /nodejs/bin and what it links, nothing else. */
  readonly distroless: string
}

const CA_BUNDLE = '/etc/ssl/certs/ca-certificates.crt'
/** What `npm ci` and `npm run build` call. */
const PROGRAMS = ['sh', 'env', 'cp', 'mkdir', 'rm']

/** Both kinds of Node 24 image that the Dockerfile may stand on, made of this process's own Node: none can be pulled. */
export async function importBaseImages(environment: ClientSide, engine: DockerEngine): Promise<BaseImages> {
  assert.match(process.version, /^v24\./, 'the image is of Node 24, and so has to be the Node that runs its tests')
  const { run } = environment

  const install = async (root: string, from: string, to: string): Promise<void> => {
    const { stdout } = await run('ldd', [from])
    const libraries = [...stdout.matchAll(/(\/lib\S*) \(0x/g)].map(([, path = '']) => [path, path] as const)
    for (const [source, target] of [[from, to] as const, ...libraries]) {
      await mkdir(join(root, dirname(target)), { recursive: true })
      await cp(await realpath(source), join(root, target))
    }
  }
  const base = async (): Promise<string> => {
    const root = await mkdtemp(join(environment.directory, 'base-'))
    await chmod(root, 0o755)
    await mkdir(join(root, dirname(CA_BUNDLE)), { recursive: true })
    await cp(await realpath(CA_BUNDLE), join(root, CA_BUNDLE))
    await mkdir(join(root, 'tmp'))
    await chmod(join(root, 'tmp'), 0o1777)
    return root
  }
  const imported = async (root: string, image: string, change: string): Promise<string> => {
    const archive = `${root}.tar`
    await run('tar', ['--create', '--file', archive, '--directory', root, '.'])
    await engine.docker(['import', '--change', change, archive, image])
    return image
  }

  const distroless = await base()
  await install(distroless, process.execPath, '/nodejs/bin/node')
  // Closed to all but the user of that image, as it is there.
  const home = join(distroless, 'home/nonroot')
  await mkdir(home, { recursive: true, mode: 0o755 })
  await chmod(home, 0o700)
  await chown(home, 65_532, 65_532)
  // As is root's, in the official images, too.
  await mkdir(join(distroless, 'root'))
  await chmod(join(distroless, 'root'), 0o700)

  const slim = await base()
  await install(slim, process.execPath, '/usr/local/bin/node')
  for (const name of PROGRAMS) {
    const { stdout } = await run('sh', ['-c', `command -v ${name}`])
    await install(slim, stdout.trim(), `/bin/${name}`)
  }
  await mkdir(join(slim, 'usr/bin'))
  await symlink('/bin/env', join(slim, 'usr/bin/env'))
  const modules = '/usr/local/lib/node_modules'
  const { stdout: npm } = await run('sh', ['-c', 'command -v npm'])
  await cp(join(await realpath(npm.trim()), '../..'), join(slim, modules, 'npm'), { recursive: true })
  await symlink(`${modules}/npm/bin/npm-cli.js`, join(slim, 'usr/local/bin/npm'))

  return {
    distroless: await imported(distroless, 'base/distroless:node24', 'ENTRYPOINT ["/nodejs/bin/node"]'),
    // The machine's own certificate authorities, as npm on this machine has them.
    slim: await imported(slim, 'base/slim:node24', `ENV NODE_EXTRA_CA_CERTS=${CA_BUNDLE}`),
  }
}
