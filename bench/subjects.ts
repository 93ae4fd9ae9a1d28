import { type ChildProcess, execFileSync, spawnSync } from 'node:child_process'
import { openSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Client } from 'undici'
import type { Ground } from './ground.ts'
import { nginxConfiguration } from './peers/nginx.ts'
import { isInstalled } from '../test/clients/program.ts'
import { findGo } from '../test/support/go.ts'
import { npmStart } from '../test/support/npm-start.ts'
import { start } from './process.ts'
import { PULL } from './works.ts'
import type { Target } from './load.ts'

export const OURS = 'this proxy'
export const GO = 'Go ReverseProxy'
export const BARE_HTTPS = 'bare node:https'
export const BARE_UNDICI = 'bare undici'
export const BARE_TLS = 'bare node:tls'

/** A proxy under measurement. */
export interface Subject {
  name: string
  version: string
  /** What it answers as soon as it serves. Only ours has something of its own to answer, before it has a token. */
  readyPath: string
  /** Starts it on a port; resolved as soon as the process exists. */
  start(port: number): ChildProcess
}

/** The subjects that this machine has. A peer whose program is not installed is named on stderr; under CI=true it fails. */
export async function availableSubjects(ground: Ground): Promise<Subject[]> {
  const subjects = [ours(ground), bareHttps(ground), bareUndici(ground), bareTls(ground)]
  for (const [program, make] of PEERS) {
    if (isInstalled(program)) subjects.push(await make(ground))
    else if (process.env['CI'] === 'true') throw new Error(`${program} is not installed`)
    else process.stderr.write(`bench: ${program} is not installed, so it is not in the table\n`)
  }
  return subjects
}

const PEERS: readonly (readonly [program: string, make: (ground: Ground) => Subject | Promise<Subject>])[] = [
  ['go', goProxy],
  ['nginx', nginx],
]

/** The proxy as users run it. */
export function ours(ground: Ground): Subject {
  const log = openSync(join(ground.directory, 'ours.log'), 'a')
  const script = fileURLToPath(new URL('subject-ours.js', import.meta.url))
  const { flags, environment } = npmStart()
  return {
    name: OURS,
    version: `Node ${process.versions.node}`,
    readyPath: '/healthz',
    start: (port) =>
      start(
        process.execPath,
        [...flags, script, String(ground.upstreamPort), String(ground.apiPort), ground.ca],
        {
          ...environment,
          ECR_REGISTRY: ground.upstreamHost,
          REGISTRY: `localhost:${port}`,
          PORT: String(port),
          TLS_CERTIFICATE: ground.certificate,
          TLS_PRIVATE_KEY: ground.key,
        },
        log,
      ),
  }
}

function bare(ground: Ground, name: string, file: string): Subject {
  const log = openSync(join(ground.directory, `${file}.log`), 'a')
  const script = fileURLToPath(new URL(`peers/${file}`, import.meta.url))
  return {
    name,
    version: `Node ${process.versions.node}`,
    readyPath: PULL.path,
    start: (port) => start(process.execPath, [script, ...peerArguments(ground, String(port))], {}, log),
  }
}

function bareHttps(ground: Ground): Subject {
  return bare(ground, BARE_HTTPS, 'bare-https.js')
}

function bareUndici(ground: Ground): Subject {
  return bare(ground, BARE_UNDICI, 'bare-undici.js')
}

function bareTls(ground: Ground): Subject {
  return bare(ground, BARE_TLS, 'bare-tls.js')
}

function peerArguments(ground: Ground, listen: string): string[] {
  return [
    listen,
    String(ground.upstreamPort),
    ground.upstreamHost,
    ground.certificate,
    ground.key,
    ground.caFile,
    ground.token,
  ]
}

async function goProxy(ground: Ground): Promise<Subject> {
  const go = await findGo()
  const version = execFileSync(go, ['env', 'GOVERSION'], { encoding: 'utf8' }).trim()
  const binary = join(ground.directory, 'go-proxy')
  // The sources are not compiled to dist/.
  const source = fileURLToPath(new URL('../../bench/peers/proxy.go', import.meta.url))
  execFileSync(go, ['build', '-o', binary, source], {
    env: { ...process.env, GOFLAGS: '-mod=mod', GO111MODULE: 'off' },
  })
  const log = openSync(join(ground.directory, 'go.log'), 'a')
  return {
    name: GO,
    version,
    readyPath: PULL.path,
    start: (port) => {
      const [, , ...rest] = peerArguments(ground, '')
      // One worker each.
      return start(binary, [`127.0.0.1:${port}`, `127.0.0.1:${ground.upstreamPort}`, ...rest], { GOMAXPROCS: '1' }, log)
    },
  }
}

function nginx(ground: Ground): Subject {
  // It tells its version on stderr.
  const { stderr: version, error } = spawnSync('nginx', ['-v'], { encoding: 'utf8' })
  if (error !== undefined) throw error
  const directory = ground.directory
  return {
    name: 'nginx',
    version: version.trim().replace(/.*nginx\//, ''),
    readyPath: PULL.path,
    start: (port) => {
      const configuration = join(directory, 'nginx.conf')
      writeFileSync(configuration, nginxConfiguration({ ...ground, port, directory, ca: ground.caFile }))
      return start(
        'nginx',
        ['-c', configuration, '-p', directory, '-e', join(directory, 'error.log')],
        {},
        openSync(join(directory, 'nginx.log'), 'a'),
      )
    },
  }
}

/** Waits until a subject answers; returns how long that took, in milliseconds. Throws when it ends before. */
export async function untilReady(child: ChildProcess, target: Target, path: string): Promise<number> {
  const startedAt = performance.now()
  for (;;) {
    const client = new Client(target.origin, { connect: { ca: target.ca } })
    try {
      const response = await client.request({ method: 'GET', path })
      await response.body.dump()
      if (response.statusCode === 200) return performance.now() - startedAt
    } catch {
      // Not listening yet.
    } finally {
      await client.destroy()
    }
    const ended = child.exitCode ?? child.signalCode
    if (ended !== null) throw new Error(`${child.spawnfile} ended with ${ended} before it answered ${path}`)
    await sleep(5)
  }
}
