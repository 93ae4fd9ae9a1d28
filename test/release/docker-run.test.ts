import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { access, chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { makeCertificates } from '../support/certificates.ts'
import { ROOT } from './packages.ts'

const run = promisify(execFile)

// In place of docker: says what `docker run` is called with, and has an image with the settings of IMAGE_ENV.
const DOCKER = `#!/bin/sh
if [ "$1" = image ]; then printf '%s\\n' "$IMAGE_ENV"; else printf '%s\\n' "$@"; fi
`

/** A home with a certificate for `registry.example.test` in it, and a docker that only tells its arguments. `named` is given to each make. */
async function setUp(
  t: TestContext,
  named: readonly string[] = ['REGISTRY=registry.example.test'],
): Promise<{ home: string; environment: NodeJS.ProcessEnv; dockerRun: (...variables: string[]) => Promise<string[]> }> {
  const home = await mkdtemp(join(tmpdir(), 'docker-run-'))
  t.after(() => rm(home, { recursive: true, force: true }))
  await mkdir(join(home, 'bin'))
  await writeFile(join(home, 'bin/docker'), DOCKER)
  await chmod(join(home, 'bin/docker'), 0o755)
  await mkdir(join(home, 'tls'))
  const { cert, key } = await makeCertificates(['registry.example.test'])
  await writeFile(join(home, 'tls/cert.pem'), cert)
  await writeFile(join(home, 'tls/key.pem'), key, { mode: 0o644 })
  const given = [...named, `TLS_CERTIFICATE=${home}/tls/cert.pem`, `TLS_PRIVATE_KEY=${home}/tls/key.pem`]
  const environment = {
    PATH: `${home}/bin:${process.env['PATH']}`,
    HOME: home,
    IMAGE_ENV: 'PORT=5000\nHOME=/home/of-image',
  }
  return {
    home,
    environment,
    dockerRun: async (...variables) => {
      const settings = variables.filter((variable) => variable.startsWith('env:')).map((variable) => variable.slice(4))
      const env = {
        ...environment,
        ...Object.fromEntries(
          settings.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
        ),
      }
      const args = variables.filter((variable) => !variable.startsWith('env:'))
      const { stdout } = await run('make', ['--silent', '-e', ...given, ...args, 'dockerRun'], {
        cwd: fileURLToPath(ROOT),
        env,
      })
      return stdout.trim().split('\n')
    },
  }
}

/** The values of an option, in order. */
function valuesOf(args: string[], option: string): string[] {
  return args.flatMap((arg, index) => (arg === option ? [args[index + 1] ?? ''] : []))
}

test('make dockerRun passes what is given by its name, and publishes 6060 on loopback only', async (t) => {
  const { home, dockerRun } = await setUp(t)
  const args = await dockerRun('ECR_REGISTRY=x', 'REGION=us-east-1', 'PORT=443', 'LOG_LEVEL=debug')
  const passed = valuesOf(args, '--env')
  for (const name of [
    'ECR_REGISTRY',
    'REGISTRY',
    'PORT',
    'REGION',
    'TLS_CERTIFICATE',
    'TLS_PRIVATE_KEY',
    'LOG_LEVEL',
  ]) {
    assert.ok(passed.includes(name), name)
  }
  assert.deepEqual(
    passed.filter((variable) => variable.includes('=')),
    ['DEBUG_HOST=0.0.0.0'],
  )
  assert.deepEqual(valuesOf(args, '--publish'), ['443:443', '127.0.0.1:6060:6060'])
  assert.deepEqual(valuesOf(args, '--mount'), [`type=bind,source=${home}/tls,target=${home}/tls,readonly`])
  for (const option of ['--rm', '--read-only']) assert.ok(args.includes(option), option)
  assert.deepEqual(valuesOf(args, '--cap-drop'), ['ALL'])
  assert.deepEqual(valuesOf(args, '--security-opt'), ['no-new-privileges'])
  assert.equal(args.at(-1), 'ecr_reverse_proxy')
})

test('what the image has as a default is not taken back by what make has', async (t) => {
  const { dockerRun } = await setUp(t)
  const image = 'env:IMAGE_ENV=PORT=8443\nSTATUS_PORT=9000\nDEBUG_PORT=7070\nREGISTRY=image.example.test'
  const args = await dockerRun('ECR_REGISTRY=x', image)
  assert.ok(!valuesOf(args, '--env').includes('PORT'))
  assert.deepEqual(valuesOf(args, '--publish'), ['8443:8443', '9000:9000', '127.0.0.1:7070:7070'])
})

test('the debug ports of several workers are published, too', async (t) => {
  const { dockerRun } = await setUp(t)
  const ports = async (...given: string[]) => valuesOf(await dockerRun('ECR_REGISTRY=x', ...given), '--publish').at(-1)
  assert.equal(await ports('WORKERS=4'), '127.0.0.1:6060-6064:6060-6064')
  assert.equal(await ports('WORKERS=2', 'DEBUG_PORT=7070'), '127.0.0.1:7070-7072:7070-7072')
  for (const workers of ['1', 'auto', '']) assert.equal(await ports(`WORKERS=${workers}`), '127.0.0.1:6060:6060')
})

test('DEBUG_PORT=off publishes nothing, and on the network of the host the debug server stays on loopback', async (t) => {
  const { dockerRun } = await setUp(t)
  assert.deepEqual(valuesOf(await dockerRun('ECR_REGISTRY=x', 'DEBUG_PORT=off'), '--publish'), ['5000:5000'])
  const args = await dockerRun('ECR_REGISTRY=x', 'DOCKER_NETWORK=host')
  assert.deepEqual(valuesOf(args, '--publish'), [])
  assert.ok(!args.join(' ').includes('DEBUG_HOST'))
  assert.deepEqual(valuesOf(args, '--network'), ['host'])
  await assert.rejects(dockerRun('ECR_REGISTRY=x', 'DOCKER_RUN_OPTIONS=--rm --network host'), {
    stderr: /expected it in DOCKER_NETWORK/,
  })
})

test('the AWS configuration of the caller is passed without a value of it on the command line', async (t) => {
  const { home, dockerRun } = await setUp(t)
  await mkdir(join(home, '.aws'))
  await writeFile(join(home, 'other-config'), '')
  const args = await dockerRun(
    'ECR_REGISTRY=x',
    'env:AWS_SECRET_ACCESS_KEY=a secret',
    `env:AWS_CONFIG_FILE=${home}/other-config`,
  )
  const passed = valuesOf(args, '--env')
  for (const name of ['AWS_SECRET_ACCESS_KEY', 'AWS_CONFIG_FILE']) assert.ok(passed.includes(name), name)
  assert.ok(!args.join('\n').includes('a secret'))
  assert.deepEqual(valuesOf(args, '--mount').slice(1), [
    `type=bind,source=${home}/other-config,target=${home}/other-config,readonly`,
    `type=bind,source=${home}/.aws,target=/home/of-image/.aws,readonly`,
  ])
})

// A key that its group may read, as Debian's ssl-cert has it, could not be read in the container.
test('the container has the groups of its caller, and none of root', async (t) => {
  const { home, dockerRun } = await setUp(t)
  const asWho = async (uid: string, groups: string): Promise<string[]> => {
    const id = `#!/bin/sh\ncase $1 in -u) echo ${uid} ;; -g) echo ${uid} ;; -G) echo ${groups} ;; esac\n`
    await writeFile(join(home, 'bin/id'), id, { mode: 0o755 })
    return dockerRun('ECR_REGISTRY=x')
  }
  const caller = await asWho('1000', '1000 27 118')
  assert.deepEqual(valuesOf(caller, '--user'), ['1000:1000'])
  assert.deepEqual(valuesOf(caller, '--group-add'), ['27', '118'])
  const root = await asWho('0', '0 118')
  assert.deepEqual(valuesOf(root, '--user'), ['65532:65532'])
  assert.deepEqual(valuesOf(root, '--group-add'), [])
})

test('what is mounted below /root can be reached, though images have it closed', async (t) => {
  const { home, dockerRun } = await setUp(t)
  await mkdir(join(home, '.aws'))
  const elsewhere = await dockerRun('ECR_REGISTRY=x')
  assert.deepEqual(valuesOf(elsewhere, '--tmpfs'), [])
  const args = await dockerRun('ECR_REGISTRY=x', 'env:IMAGE_ENV=HOME=/root')
  assert.ok(valuesOf(args, '--mount').includes(`type=bind,source=${home}/.aws,target=/root/.aws,readonly`))
  const [uid] = valuesOf(args, '--user').map((user) => user.split(':')[0])
  assert.deepEqual(valuesOf(args, '--tmpfs'), [`/root:ro,mode=0755,uid=${uid}`])
})

test('a certificate behind symlinks is mounted with the directory they lead to', async (t) => {
  const { home, dockerRun } = await setUp(t)
  await mkdir(join(home, 'live'))
  for (const name of ['cert.pem', 'key.pem']) await symlink(`../tls/${name}`, join(home, 'live', name))
  const args = await dockerRun(
    'ECR_REGISTRY=x',
    `TLS_CERTIFICATE=${home}/live/cert.pem`,
    `TLS_PRIVATE_KEY=${home}/live/key.pem`,
  )
  const sources = valuesOf(args, '--mount').map((mount) => /source=([^,]*)/.exec(mount)?.[1])
  assert.deepEqual(sources, [`${home}/live`, `${home}/tls`])
})

// With it bash's cd tells where it went, which made two lines of a directory.
test('a relative path is found with a CDPATH in the environment, too', async (t) => {
  const { home, environment } = await setUp(t)
  const tls = { TLS_CERTIFICATE: 'tls/cert.pem', TLS_PRIVATE_KEY: 'tls/key.pem' }
  const { stdout } = await run(fileURLToPath(new URL('deploy/docker-run.sh', ROOT)), [], {
    cwd: home,
    env: { ...environment, ...tls, REGISTRY: 'registry.example.test', CDPATH: home },
  })
  assert.deepEqual(valuesOf(stdout.split('\n'), '--mount'), [
    `type=bind,source=${home}/tls,target=${home}/tls,readonly`,
  ])
})

test('a certificate in a directory that the container or the caller has other things in is refused', async (t) => {
  const { home, dockerRun } = await setUp(t)
  await writeFile(join(home, 'cert.pem'), await readFile(join(home, 'tls/cert.pem')))
  await symlink('../cert.pem', join(home, 'tls/linked.pem'))
  for (const certificate of [`${home}/cert.pem`, `${home}/tls/linked.pem`]) {
    await assert.rejects(dockerRun('ECR_REGISTRY=x', `TLS_CERTIFICATE=${certificate}`), (error: Error) =>
      error.message.includes(`TLS_CERTIFICATE: is in ${home}, which is too much to mount`),
    )
  }
})

// It was made for make's own default, localhost:5000, in front of whatever name the image had.
test('a certificate is made for the registry that the image has as a default', async (t) => {
  const { home, dockerRun } = await setUp(t, [])
  const paths = [`TLS_CERTIFICATE=${home}/new/cert.pem`, `TLS_PRIVATE_KEY=${home}/new/key.pem`]
  const args = await dockerRun('ECR_REGISTRY=x', 'env:IMAGE_ENV=REGISTRY=image.example.test', ...paths)
  const made = new X509Certificate(await readFile(join(home, 'new/cert.pem')))
  assert.equal(made.checkHost('image.example.test'), 'image.example.test')
  assert.ok(!valuesOf(args, '--env').includes('REGISTRY'))
  await dockerRun(
    'ECR_REGISTRY=x',
    'REGISTRY=given.example.test',
    'env:IMAGE_ENV=REGISTRY=image.example.test',
    ...paths,
  )
  const again = new X509Certificate(await readFile(join(home, 'new/cert.pem')))
  assert.equal(again.checkHost('given.example.test'), 'given.example.test')
})

test('without a registry in the image a certificate is made for the one that make has', async (t) => {
  const { home, dockerRun } = await setUp(t, [])
  const paths = [`TLS_CERTIFICATE=${home}/new/cert.pem`, `TLS_PRIVATE_KEY=${home}/new/key.pem`]
  const args = await dockerRun('ECR_REGISTRY=x', ...paths)
  assert.equal(
    new X509Certificate(await readFile(join(home, 'new/cert.pem'))).subject,
    'O=ecr-reverse-proxy-self-signed\nCN=localhost',
  )
  assert.ok(valuesOf(args, '--env').includes('REGISTRY'))
})

test('an empty variable is an unset one', async (t) => {
  const { dockerRun } = await setUp(t)
  const args = await dockerRun('ECR_REGISTRY=x', 'PORT=', 'STATUS_PORT=', 'DEBUG_PORT=')
  assert.deepEqual(valuesOf(args, '--publish'), ['5000:5000', '127.0.0.1:6060:6060'])
})

test('with TLS=off, given or of the image, and with PEM text, nothing is made or mounted', async (t) => {
  const { home, dockerRun } = await setUp(t)
  const paths = [`TLS_CERTIFICATE=${home}/new/cert.pem`, `TLS_PRIVATE_KEY=${home}/new/key.pem`]
  for (const setting of ['TLS=off', 'env:IMAGE_ENV=TLS=off']) {
    assert.deepEqual(valuesOf(await dockerRun('ECR_REGISTRY=x', setting, ...paths), '--mount'), [])
    await assert.rejects(access(join(home, 'new')))
  }
  const off = await dockerRun('ECR_REGISTRY=x', 'TLS=off')
  assert.deepEqual(valuesOf(off, '--mount'), [])
  assert.ok(!valuesOf(off, '--env').includes('TLS_CERTIFICATE'))
  const pem = ['TLS_CERTIFICATE=-----BEGIN CERTIFICATE-----', 'TLS_PRIVATE_KEY=-----BEGIN PRIVATE KEY-----']
  const text = await dockerRun('ECR_REGISTRY=x', ...pem)
  assert.deepEqual(valuesOf(text, '--mount'), [])
  assert.ok(valuesOf(text, '--env').includes('TLS_PRIVATE_KEY'))
  assert.ok(!text.join(' ').includes('BEGIN'))
})
