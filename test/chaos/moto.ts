import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { connect } from 'node:net'
import { fileURLToPath } from 'node:url'
import { freePort } from '../process/proxy-process.ts'
import { fakeTimeLibrary } from './time-of-day.ts'

/** Where `make chaos` puts it, from PyPI. */
const PROGRAM = fileURLToPath(new URL('../../../build/moto/bin/moto_server', import.meta.url))
const START_MS = 60_000
const ATTEMPT_MS = 200

/** The one token that moto gives out for an account; it expires on the first of January 2015, whatever the date. */
export function motoToken(account: string): string {
  return Buffer.from(`AWS:${account}-auth-token`).toString('base64')
}

/** Throws where it is not installed. */
export function needMoto(): void {
  if (!existsSync(PROGRAM))
    throw new Error('expected moto in build/moto, where `make build/moto/bin/moto_server` installs it')
}

/** Starts moto's server, with its own time of day if one is given; returns its port and what ends it. */
export async function startMoto(timeOfDay?: string): Promise<{ port: number; stop: () => void }> {
  const port = await freePort()
  const fake = timeOfDay === undefined ? {} : { LD_PRELOAD: fakeTimeLibrary(), FAKETIME: `@${timeOfDay}`, TZ: 'UTC' }
  const child = spawn(PROGRAM, ['-H', '127.0.0.1', '-p', String(port)], {
    env: { PATH: process.env['PATH'], ...fake },
    stdio: 'ignore',
  })
  const stop = (): void => {
    child.kill('SIGKILL')
  }
  process.once('exit', stop)
  const end = performance.now() + START_MS
  while (!(await listens(port))) {
    if (performance.now() < end && child.exitCode === null) continue
    stop()
    throw new Error('moto did not start')
  }
  return { port, stop }
}

async function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket
      .once('connect', () => {
        socket.destroy()
        resolve(true)
      })
      .once('error', () => setTimeout(() => resolve(false), ATTEMPT_MS))
  })
}
