import { execFile } from 'node:child_process'
import { chmod, chown, mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { DockerEngine } from '../clients/docker-engine.ts'
import type { Environment } from '../clients/environment.ts'
import type { Outcome } from '../clients/program.ts'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const run = promisify(execFile)

/** Who is neither root nor the user of the image. */
export const CALLER_UID = 1000

/** Somebody with a clean clone of this repository, AWS credentials in ~/.aws, and the right to use the engine. */
export interface Caller {
  readonly clone: string
  /** Runs make in the clone, for at most the minutes that a build takes. */
  make(args: readonly string[], variables?: NodeJS.ProcessEnv): Promise<Outcome>
}

/** A caller that is not root, unless it has to be. */
export async function callerOf(environment: Environment, engine: DockerEngine, uid = CALLER_UID): Promise<Caller> {
  const { directory, simulator } = environment
  // The caller has to get through to what is below.
  const socket = engine.socket.replace('unix://', '')
  for (const path of [directory, dirname(socket)]) await chmod(path, 0o711)
  await chmod(socket, 0o666)
  const home = await mkdtemp(join(directory, 'home-'))
  await mkdir(join(home, '.aws'))
  const { accessKeyId, secretAccessKey } = simulator.credentials
  const profile = ['[default]', `aws_access_key_id = ${accessKeyId}`, `aws_secret_access_key = ${secretAccessKey}`, '']
  await writeFile(join(home, '.aws/credentials'), profile.join('\n'), { mode: 0o600 })
  for (const path of [home, join(home, '.aws'), join(home, '.aws/credentials')]) await chown(path, uid, uid)

  const identity = ['--reuid', String(uid), '--regid', String(uid), '--clear-groups']
  const clone = join(home, 'clone')
  const env = {
    PATH: process.env.PATH,
    HOME: home,
    DOCKER_HOST: engine.socket,
    DOCKER_BUILDKIT: '0',
    AWS_ENDPOINT_URL_ECR: simulator.apiEndpoint,
    AWS_EC2_METADATA_DISABLED: 'true',
  }
  // By root, who can read the repository wherever it is; then it is the caller's.
  await run('git', ['-c', 'safe.directory=*', 'clone', '--quiet', '--no-hardlinks', ROOT, clone], { env })
  await run('chown', ['-R', `${uid}:${uid}`, clone])
  return {
    clone,
    make: async (args, variables = {}) =>
      environment.run('setpriv', [...identity, 'make', '--directory', clone, ...args], {
        env: { ...env, ...variables },
      }),
  }
}
